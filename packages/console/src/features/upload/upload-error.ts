export type UploadErrorKind = 'empty' | 'folder' | 'network' | 'rejected' | 'gone' | 'signedOut' | 'other';

/** Why an upload stopped; `kind` chooses the text for the person, `message` is the reason as the server gave it. */
export class UploadError extends Error {
  override readonly name = 'UploadError';
  readonly kind: UploadErrorKind;

  constructor(kind: UploadErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

export function toUploadError(error: unknown): UploadError {
  if (error instanceof UploadError) return error;
  return new UploadError('other', error instanceof Error ? error.message : String(error));
}
