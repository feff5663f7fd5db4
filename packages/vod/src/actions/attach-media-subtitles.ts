import { invalidParameterValue } from '@vodstack/protocol';
import { notifyLive } from '@vodstack/platform';
import { resolveActiveSubAppId } from '../applications.ts';
import { attachSubtitles } from '../subtitles/attach-subtitles.ts';
import { findSubtitleTrack } from '../subtitles/find-subtitle.ts';
import type { ArtifactRow, MediaRow, VodDb } from '../tables.ts';
import type { SubtitleTrack } from '../transcode/index.ts';
import { type Action, type ActionContext, defineAction } from './action.ts';
import type { AttachMediaSubtitlesRequest } from './request-types.ts';

const MAX_SUBTITLES = 16;

/** Adds subtitles of a media to an adaptive result of it, or takes them away, without encoding (266/103561). */
export const attachMediaSubtitles: Action<AttachMediaSubtitlesRequest> = defineAction({
  name: 'AttachMediaSubtitles',
  async handle(context, request) {
    const subAppId = await resolveActiveSubAppId(context, request.SubAppId);
    const { Operation, SubtitleIds, DefaultSubtitleId } = request;
    if (Operation !== 'Attach' && Operation !== 'Detach') {
      throw invalidParameterValue('Operation', 'must be Attach or Detach.');
    }
    if (SubtitleIds.length === 0) throw invalidParameterValue('SubtitleIds', 'must have an entry.');
    const leftovers = await context.db.transaction().execute(async (tx) => {
      const { media, main } = await lockResult(tx, subAppId, request);
      const earlier = main.details?.subtitles?.map(({ id }) => id) ?? [];
      const ids =
        Operation === 'Attach'
          ? [...new Set([...earlier, ...SubtitleIds])]
          : earlier.filter((id) => !SubtitleIds.includes(id));
      if (ids.length > MAX_SUBTITLES) {
        throw invalidParameterValue('SubtitleIds', `would make ${ids.length}; ${MAX_SUBTITLES} are allowed.`);
      }
      const tracks = await findTracks({ ...context, db: tx }, media, ids, SubtitleIds);
      const kept = tracks.map(({ id }) => id);
      if (DefaultSubtitleId && !kept.includes(DefaultSubtitleId)) {
        throw invalidParameterValue('DefaultSubtitleId', 'must be one of the subtitles that are attached.');
      }
      const defaultId = DefaultSubtitleId || '';
      const durationSec = media.meta_data?.Duration ?? 1;
      const blobs = await attachSubtitles(context, tx, { main, tracks, defaultId, durationSec });
      await notifyLive(tx, { kind: 'media', id: media.file_id });
      return blobs;
    });
    await Promise.allSettled(leftovers.map((key) => context.blobs.delete(key)));
    return {};
  },
});

/** Those that have been deleted since they were attached go by the way. */
async function findTracks(
  context: Pick<ActionContext, 'db' | 'blobs'>,
  media: MediaRow,
  ids: readonly string[],
  asked: readonly string[],
): Promise<SubtitleTrack[]> {
  const tracks: SubtitleTrack[] = [];
  for (const id of ids) {
    const track = await findSubtitleTrack(context, media.file_id, id);
    if (track) tracks.push(track);
    else if (asked.includes(id)) {
      throw invalidParameterValue(
        'SubtitleIds',
        `names a subtitle that the media does not have: ${JSON.stringify(id.slice(0, 40))}.`,
      );
    }
  }
  return tracks;
}

async function lockResult(
  tx: VodDb,
  subAppId: number,
  { FileId, AdaptiveDynamicStreamingDefinition: definition }: AttachMediaSubtitlesRequest,
): Promise<{ media: MediaRow; main: ArtifactRow }> {
  const media = await tx
    .selectFrom('vod.media')
    .selectAll()
    .where('file_id', '=', FileId)
    .where('sub_app_id', '=', subAppId)
    .forUpdate()
    .executeTakeFirst();
  if (!media) throw invalidParameterValue('FileId', 'names no media of this application.');
  const main = await tx
    .selectFrom('vod.artifact')
    .selectAll()
    .where('file_id', '=', FileId)
    .where('kind', '=', 'AdaptiveDynamicStreaming')
    .where('definition', '=', definition)
    .where('main_id', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (main) return { media, main };
  throw invalidParameterValue(
    'AdaptiveDynamicStreamingDefinition',
    `names no adaptive result of the media: ${definition}.`,
  );
}
