import { ApiError, invalidParameterValue, missingParameter } from '@vodstack/protocol';
import { notifyLive } from '@vodstack/platform';
import { resolveSubAppId } from '../applications.ts';
import { assertClass } from '../classes/assert-class.ts';
import { randomHex } from '../ids.ts';
import { decodeBase64, findPictureType, storeAttachment } from '../media/attached-file.ts';
import { insertFiles, type NewFile } from '../media/insert-files.ts';
import { limited, parseExpireTime } from '../media/media-parameters.ts';
import { toMediaUrl } from '../media/locations.ts';
import { toSubtitleItem } from '../media/media-info.ts';
import { changeKeyFrames, changeTags } from '../media/text-lists.ts';
import type { MediaRow, VodDb } from '../tables.ts';
import { type ActionContext, defineAction, type Action } from './action.ts';
import type { ModifyMediaInfoRequest } from './request-types.ts';

const MAX_NAME = 64;
const MAX_DESCRIPTION = 128;
const MAX_COVER_BYTES = 5_000_000;
const MAX_SUBTITLES = 16;
const MAX_SUBTITLE_BYTES = 5_000_000;

type Request = ModifyMediaInfoRequest;
type SubtitleInput = NonNullable<Request['AddSubtitles']>[number];

/** Changes what is known about a media; what is not given stays as it is (266/31762). */
export const modifyMediaInfo: Action<Request> = defineAction({
  name: 'ModifyMediaInfo',
  unsupported: ['DeleteKnowledgeBases', 'ClearKnowledgeBases'],
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    if (!request.FileId) throw missingParameter('FileId');
    const media = await findMediaRow(context.db, subAppId, request.FileId);
    const fields = parseFields(request, context.clock());
    if (fields.class_id !== undefined) await assertClass(context.db, subAppId, fields.class_id);
    const subtitleInputs = (request.AddSubtitles ?? []).map(parseSubtitle);
    const stored: NewFile[] = [];
    try {
      const cover = request.CoverData ? await storeCover(context, media, request.CoverData) : undefined;
      if (cover) stored.push(cover);
      const subtitles: StoredSubtitle[] = [];
      for (const input of subtitleInputs) {
        const file = await storeAttachment(context, media, {
          kind: 'Subtitle',
          name: `subtitle${randomHex(12)}.${input.format}`,
          bytes: input.bytes,
        });
        stored.push(file);
        subtitles.push({ ...input, file });
      }
      return await change(context, { subAppId, request, fields, cover, subtitles });
    } catch (error) {
      await Promise.allSettled(stored.map(({ blobKey }) => context.blobs.delete(blobKey)));
      throw error;
    }
  },
});

interface Change {
  readonly subAppId: number;
  readonly request: Request;
  readonly fields: Fields;
  readonly cover: NewFile | undefined;
  readonly subtitles: readonly StoredSubtitle[];
}

async function change(
  context: ActionContext,
  { subAppId, request, fields, cover, subtitles }: Change,
): Promise<object> {
  const publicUrl = context.publicUrl();
  const { blobs, answer } = await context.db.transaction().execute(async (tx) => {
    const media = await findMediaRow(tx, subAppId, request.FileId, true);
    await tx
      .updateTable('vod.media')
      .set({ ...fields, ...changeLists(media, request), updated_at: context.clock() })
      .where('file_id', '=', media.file_id)
      .execute();
    const removed = await removeSubtitles(tx, media, request);
    const replaced = cover ? await removeUploadedCovers(tx, media) : [];
    if (cover) await insertFiles(tx, media.file_id, [cover]);
    await addSubtitles(tx, media, subtitles);
    await notifyLive(tx, { kind: 'media', id: media.file_id });
    return {
      blobs: [...removed, ...replaced],
      answer: {
        CoverUrl: cover ? toMediaUrl(publicUrl, { folder: media.source_folder, name: cover.name }) : '',
        AddedSubtitleSet: subtitles.map((subtitle) => toAddedSubtitle(media, subtitle, publicUrl)),
      },
    };
  });
  await Promise.allSettled(blobs.map((key) => context.blobs.delete(key)));
  return answer;
}

async function findMediaRow(
  db: VodDb,
  subAppId: number,
  fileId: string,
  isLocked = false,
): Promise<MediaRow> {
  const query = db
    .selectFrom('vod.media')
    .selectAll()
    .where('file_id', '=', fileId)
    .where('sub_app_id', '=', subAppId);
  const row = await (isLocked ? query.forUpdate() : query).executeTakeFirst();
  if (row) return row;
  throw new ApiError(
    'ResourceNotFound.FileNotExist',
    `There is no media ${JSON.stringify(fileId.slice(0, 40))} in this application.`,
  );
}

interface Fields {
  name?: string;
  description?: string;
  class_id?: number;
  expire_at?: string | null | undefined;
}

function parseFields(request: Request, now: Date): Fields {
  const fields: Fields = {};
  if (request.Name) fields.name = limited('Name', request.Name, MAX_NAME);
  // An empty text clears it.
  if (typeof request.Description === 'string') {
    fields.description = limited('Description', request.Description, MAX_DESCRIPTION);
  }
  if (typeof request.ClassId === 'number' && request.ClassId >= 0) fields.class_id = request.ClassId;
  // The cloud's 9999-12-31T23:59:59Z means never.
  const { ExpireTime } = request;
  if (ExpireTime)
    fields.expire_at = ExpireTime.startsWith('9999-12-31') ? null : parseExpireTime(ExpireTime, now);
  return fields;
}

function changeLists(media: MediaRow, request: Request): { tags: string[]; key_frames: string } {
  const tags = changeTags(media.tags, {
    add: request.AddTags ?? [],
    remove: request.DeleteTags ?? [],
    isCleared: request.ClearTags === 1,
  });
  const keyFrames = changeKeyFrames(media.key_frames, {
    add: (request.AddKeyFrameDescs ?? []).map(({ TimeOffset, Content }) => ({
      timeOffsetSec: TimeOffset,
      content: Content,
    })),
    removeAtSec: request.DeleteKeyFrameDescs ?? [],
    isCleared: request.ClearKeyFrameDescs === 1,
  });
  return { tags, key_frames: JSON.stringify(keyFrames) };
}

async function storeCover(context: ActionContext, media: MediaRow, data: string): Promise<NewFile> {
  const bytes = decodeBase64(data);
  const picture = findPictureType(bytes);
  if (!picture || bytes.length > MAX_COVER_BYTES) {
    throw new ApiError(
      'InvalidParameterValue.ImageDecodeError',
      `The parameter \`CoverData\` must be a PNG, JPEG or GIF picture of ${MAX_COVER_BYTES} bytes at most, in Base64; got ${bytes.length} bytes.`,
    );
  }
  return await storeAttachment(context, media, {
    kind: 'Cover',
    name: `cover${randomHex(12)}.${picture.extension}`,
    bytes,
  });
}

async function removeUploadedCovers(tx: VodDb, media: MediaRow): Promise<string[]> {
  const rows = await tx
    .deleteFrom('vod.artifact')
    .where('file_id', '=', media.file_id)
    .where('kind', '=', 'Cover')
    .where('folder', '=', media.source_folder)
    .returning('blob_key')
    .execute();
  return rows.map(({ blob_key }) => blob_key);
}

interface ParsedSubtitle {
  readonly id: string;
  readonly name: string;
  readonly language: string;
  readonly format: string;
  readonly bytes: Buffer;
}

interface StoredSubtitle extends ParsedSubtitle {
  readonly file: NewFile;
}

function parseSubtitle(input: SubtitleInput, index: number): ParsedSubtitle {
  const at = `AddSubtitles.${index}`;
  const id = input.Id || randomHex(16);
  if (!/^[\w-]{1,16}$/.test(id)) {
    throw invalidParameterValue(`${at}.Id`, 'must have 1 to 16 letters, digits, `_` or `-`.');
  }
  if (input.Format.toLowerCase() !== 'vtt') {
    throw invalidParameterValue(
      `${at}.Format`,
      `must be vtt, got ${JSON.stringify(input.Format.slice(0, 20))}.`,
    );
  }
  if (!/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(input.Language)) {
    throw invalidParameterValue(
      `${at}.Language`,
      `must be a language such as zh or en, got ${JSON.stringify(input.Language.slice(0, 20))}.`,
    );
  }
  const bytes = decodeBase64(input.Content);
  const isText = bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .startsWith('WEBVTT');
  if (!isText || bytes.length > MAX_SUBTITLE_BYTES) {
    throw invalidParameterValue(
      `${at}.Content`,
      `must be a WebVTT file (it begins with WEBVTT) of ${MAX_SUBTITLE_BYTES} bytes at most, in Base64.`,
    );
  }
  const name = limited(`${at}.Name`, input.Name, MAX_NAME);
  return { id, name, language: input.Language, format: 'vtt', bytes };
}

async function removeSubtitles(tx: VodDb, media: MediaRow, request: Request): Promise<string[]> {
  const ids = request.DeleteSubtitleIds ?? [];
  if (request.ClearSubtitles !== 1 && ids.length === 0) return [];
  if (request.ClearSubtitles === 1 && (request.AddSubtitles ?? []).length > 0) {
    throw invalidParameterValue('ClearSubtitles', 'contradicts the parameter `AddSubtitles`.');
  }
  let subtitles = tx.selectFrom('vod.subtitle').select('artifact_id').where('file_id', '=', media.file_id);
  if (request.ClearSubtitles !== 1) subtitles = subtitles.where('subtitle_id', 'in', ids);
  // The subtitle's row goes with its file.
  const files = await tx
    .deleteFrom('vod.artifact')
    .where('artifact_id', 'in', subtitles)
    .returning('blob_key')
    .execute();
  return files.map(({ blob_key }) => blob_key);
}

async function addSubtitles(tx: VodDb, media: MediaRow, subtitles: readonly StoredSubtitle[]): Promise<void> {
  if (subtitles.length === 0) return;
  const present = await tx
    .selectFrom('vod.subtitle')
    .select('subtitle_id')
    .where('file_id', '=', media.file_id)
    .execute();
  const ids = [...present.map(({ subtitle_id }) => subtitle_id), ...subtitles.map(({ id }) => id)];
  if (ids.length > MAX_SUBTITLES) {
    throw invalidParameterValue(
      'AddSubtitles',
      `would give the media ${ids.length} subtitles; it may have ${MAX_SUBTITLES} at most.`,
    );
  }
  const doubled = ids.find((id, index) => ids.indexOf(id) !== index);
  if (doubled !== undefined) {
    throw invalidParameterValue('AddSubtitles', `has an Id that the media has already: ${doubled}.`);
  }
  const files = subtitles.map(({ file }) => file);
  const artifactIds = await insertFiles(tx, media.file_id, files);
  await tx
    .insertInto('vod.subtitle')
    .values(
      subtitles.map((subtitle, index) => ({
        file_id: media.file_id,
        subtitle_id: subtitle.id,
        name: subtitle.name,
        language: subtitle.language,
        format: subtitle.format,
        artifact_id: artifactIds[index] ?? 0,
      })),
    )
    .execute();
}

function toAddedSubtitle(media: MediaRow, subtitle: StoredSubtitle, publicUrl: string): object {
  return toSubtitleItem(
    {
      file_id: media.file_id,
      subtitle_id: subtitle.id,
      name: subtitle.name,
      language: subtitle.language,
      format: subtitle.format,
      folder: media.source_folder,
      file_name: subtitle.file.name,
    },
    publicUrl,
  );
}
