import type { MediaSourceData } from '@vodstack/protocol';
import { findFileType } from '../media/file-types.ts';
import type { UploadParameters, VodDb } from '../tables.ts';
import type { Inspection } from './inspect-media.ts';

export interface NewMediaFile {
  readonly kind: 'Source' | 'Cover';
  readonly folder: string;
  readonly name: string;
  readonly blobKey: string;
  readonly sizeBytes: number;
  /** Hex. */
  readonly md5: string;
}

export interface NewMedia {
  readonly fileId: string;
  readonly subAppId: number;
  readonly name: string;
  /** Extension. */
  readonly type: string;
  readonly region: string;
  /** `{8 hex}vod{region}{appid}/{8 hex}{FileId}` */
  readonly sourceFolder: string;
  readonly sourceType: MediaSourceData['SourceType'];
  readonly parameters: UploadParameters;
  readonly inspection: Inspection;
  readonly files: readonly NewMediaFile[];
}

/** Makes a media of stored files, in the caller's transaction; however they came. */
export async function insertMedia(tx: VodDb, media: NewMedia): Promise<void> {
  const { parameters, inspection } = media;
  await tx
    .insertInto('vod.media')
    .values({
      file_id: media.fileId,
      sub_app_id: media.subAppId,
      name: media.name,
      class_id: parameters.classId ?? 0,
      type: media.type,
      category: findFileType(media.type)?.category ?? 'Video',
      storage_region: media.region,
      source_folder: media.sourceFolder,
      derived_folder: media.sourceFolder.replace('vod', 'vodtrans'),
      source_type: media.sourceType,
      source_context: parameters.sourceContext ?? '',
      session_context: parameters.sessionContext ?? '',
      meta_data: inspection.metaData ? JSON.stringify(inspection.metaData) : null,
      probe_failure: inspection.failure,
      expire_at: parameters.expireTime ?? null,
    })
    .execute();
  for (const file of media.files) await insertFile(tx, media.fileId, file);
}

async function insertFile(tx: VodDb, fileId: string, file: NewMediaFile): Promise<void> {
  const extension = file.name.slice(file.name.lastIndexOf('.') + 1);
  await tx
    .insertInto('vod.artifact')
    .values({
      file_id: fileId,
      kind: file.kind,
      folder: file.folder,
      name: file.name,
      blob_key: file.blobKey,
      // By the type the upload was opened for, never by what the client claimed when it put the file.
      content_type: findFileType(extension)?.contentType ?? 'application/octet-stream',
      size_bytes: file.sizeBytes,
      md5: file.md5,
    })
    .execute();
}
