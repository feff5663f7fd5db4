import type { MediaSourceData } from '@vodstack/protocol';
import { findFileType } from '../media/file-types.ts';
import { insertFiles, type NewFile } from '../media/insert-files.ts';
import type { UploadParameters, VodDb } from '../tables.ts';
import type { Inspection } from './inspect-media.ts';

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
  readonly files: readonly NewFile[];
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
  await insertFiles(tx, media.fileId, media.files);
}
