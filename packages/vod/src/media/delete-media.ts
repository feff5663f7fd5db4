import { notifyLive } from '@vodstack/platform';
import { type Expression, type ExpressionBuilder, type SqlBool } from 'kysely';
import { emitEvent } from '../events/outbox.ts';
import type { MediaRow, VodDb, VodTables } from '../tables.ts';

/** What of a media is to go, by the cloud's names. */
export interface DeletePart {
  readonly type: DeletePartType;
  /** 0: all of that type. */
  readonly definition: number;
}

export const DELETE_PART_TYPES = [
  'OriginalFiles',
  'TranscodeFiles',
  'AdaptiveDynamicStreamingFiles',
  'WechatPublishFiles',
  'WechatMiniProgramPublishFiles',
] as const;
export type DeletePartType = (typeof DELETE_PART_TYPES)[number];

/**
 * Deletes a media, or parts of it, and reports FileDeleted, in the caller's transaction.
 * @param parts none: everything
 * @returns the blobs that nobody needs any more, to be deleted once the transaction has been committed
 */
export async function deleteMedia(
  tx: VodDb,
  media: Pick<MediaRow, 'file_id' | 'sub_app_id' | 'source_folder'>,
  parts: readonly DeletePart[],
): Promise<string[]> {
  const blobs =
    parts.length === 0 ? await deleteWhole(tx, media.file_id) : await deleteParts(tx, media, parts);
  await emitEvent(tx, {
    subAppId: media.sub_app_id,
    fileId: media.file_id,
    type: 'FileDeleted',
    content: {
      FileIdSet: [media.file_id],
      FileDeleteResultInfo: [
        {
          FileId: media.file_id,
          DeleteParts: parts.map(({ type, definition }) => ({ Type: type, Definition: definition })),
        },
      ],
    },
  });
  await notifyLive(tx, { kind: 'media', id: media.file_id });
  return blobs;
}

async function deleteWhole(tx: VodDb, fileId: string): Promise<string[]> {
  const files = await tx
    .deleteFrom('vod.artifact')
    .where('file_id', '=', fileId)
    .returning('blob_key')
    .execute();
  await tx.deleteFrom('vod.media').where('file_id', '=', fileId).execute();
  return files.map(({ blob_key }) => blob_key);
}

type ArtifactWhere = ExpressionBuilder<VodTables, 'vod.artifact'>;

async function deleteParts(
  tx: VodDb,
  media: Pick<MediaRow, 'file_id' | 'source_folder'>,
  parts: readonly DeletePart[],
): Promise<string[]> {
  const blobs: string[] = [];
  for (const part of parts) {
    const mains = await tx
      .selectFrom('vod.artifact')
      .select('artifact_id')
      .where('file_id', '=', media.file_id)
      .where('main_id', 'is', null)
      .where((where) => isOfPart(where, media.source_folder, part))
      .execute();
    if (mains.length === 0) continue;
    const ids = mains.map(({ artifact_id }) => artifact_id);
    // The parts of a result first: the database would remove their rows with the main one's, unseen.
    for (const column of ['main_id', 'artifact_id'] as const) {
      const files = await tx
        .deleteFrom('vod.artifact')
        .where(column, 'in', ids)
        .returning('blob_key')
        .execute();
      blobs.push(...files.map(({ blob_key }) => blob_key));
    }
  }
  return blobs;
}

/** OriginalFiles takes the uploaded cover along, TranscodeFiles the covers made from the media (266/31764). */
function isOfPart(where: ArtifactWhere, sourceFolder: string, part: DeletePart): Expression<SqlBool> {
  const isOfDefinition = part.definition === 0 ? where.lit(true) : where('definition', '=', part.definition);
  const isUploaded = where('folder', '=', sourceFolder);
  const isCover = where('kind', '=', 'Cover');
  const conditions: Record<DeletePartType, Expression<SqlBool>> = {
    OriginalFiles: where.or([
      where('kind', 'in', ['Source', 'SourceSegment']),
      where.and([isCover, isUploaded]),
    ]),
    TranscodeFiles: where.or([
      where.and([where('kind', '=', 'Transcode'), isOfDefinition]),
      where.and([isCover, where.not(isUploaded), where.lit(part.definition === 0)]),
    ]),
    AdaptiveDynamicStreamingFiles: where.and([
      where('kind', '=', 'AdaptiveDynamicStreaming'),
      isOfDefinition,
    ]),
    // Nothing is published there from here, so there is nothing to take back.
    WechatPublishFiles: where.lit(false),
    WechatMiniProgramPublishFiles: where.lit(false),
  };
  return conditions[part.type];
}
