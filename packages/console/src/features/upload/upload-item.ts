import type { UploadError } from './upload-error.ts';

/** `paused`: begun before the page was loaded, and the browser has not got the file any more. */
type UploadState = 'waiting' | 'uploading' | 'committing' | 'done' | 'failed' | 'canceled' | 'paused';

/** One file as the list shows it; a new object with every change. */
export interface UploadItem {
  readonly id: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly state: UploadState;
  readonly sentBytes: number;
  readonly bytesPerSec: number | null;
  readonly remainingSec: number | null;
  /** The connection is away; the transfer goes on by itself when it is back. */
  readonly isInterrupted: boolean;
  readonly fileId: string | null;
  readonly error: UploadError | null;
}

/** Where the bytes go, from `POST /console/api/uploads`: presigned addresses of one object, by method. */
export interface UploadTicket {
  sessionKey: string;
  putUrl: string;
  postUrl: string;
  getUrl: string;
}

/** What is known of a file before it is read: enough to tell it from another one. */
export interface UploadSource {
  readonly name: string;
  readonly size: number;
  readonly lastModified: number;
}

/** All that is needed to go on with an upload after a reload. */
export interface UploadRecord {
  readonly id: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly lastModified: number;
  /** The application that the file goes to; null for the primary one. */
  readonly application: number | null;
  /** The browser's handle of the file, where it gave one; opaque here. */
  readonly handle: unknown;
  readonly ticket: UploadTicket | null;
  /** Of the multipart upload, once it has begun. */
  readonly uploadId: string | null;
  readonly sentBytes: number;
  /** All bytes are there: only the commit is missing. */
  readonly isSent: boolean;
}

/** What of a record belongs to the server's side: none of it, for a start from the beginning. */
export const UNSENT = { ticket: null, uploadId: null, sentBytes: 0, isSent: false } as const;

export function newItem({ id, name, sizeBytes, sentBytes }: UploadRecord): UploadItem {
  return {
    id,
    name,
    sizeBytes,
    state: 'waiting',
    sentBytes,
    bytesPerSec: null,
    remainingSec: null,
    isInterrupted: false,
    fileId: null,
    error: null,
  };
}

export function isEnded({ state }: UploadItem): boolean {
  return state === 'done' || state === 'failed' || state === 'canceled';
}

/** Whether a file that was chosen is the one that the upload began with. */
export function isSameFile(record: UploadRecord, { name, size, lastModified }: UploadSource): boolean {
  return record.name === name && record.sizeBytes === size && record.lastModified === lastModified;
}
