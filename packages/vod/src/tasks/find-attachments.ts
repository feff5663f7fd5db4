import type { models } from '@vodstack/protocol';
import type { VodContext } from '../context.ts';
import { findMedia, findSource } from '../media/media-repository.ts';
import { findSubtitleTrack } from '../subtitles/find-subtitle.ts';
import type { SubtaskRow, TaskRow } from '../tables.ts';
import { findTemplate } from '../templates/template-repository.ts';
import {
  assertPictures,
  type BurntSubtitles,
  type HeadTail,
  type HeadTailClip,
  MediaError,
  probeMedia,
  type SubtitleTrack,
} from '../transcode/index.ts';

/** What a sub-task takes besides its source and its template. */
export interface Attachments {
  readonly headTails: readonly HeadTail[];
  /** Drawn into the picture. */
  readonly burnt: readonly BurntSubtitles[];
  /** To be chosen by players. */
  readonly tracks: readonly SubtitleTrack[];
}

interface Wishes {
  readonly HeadTailSet?: readonly models.HeadTailTaskInput[] | null;
  readonly SubtitleInfoSet?: readonly models.SubtitleInfoInput[] | null;
  readonly SubtitleSet?: readonly string[] | null;
}

/** @throws MediaError InvalidInput.DefinitionNotExist for a template, SourceFileError.… for a file that is not to be had */
export async function findAttachments(
  context: VodContext,
  task: Pick<TaskRow, 'sub_app_id' | 'file_id'>,
  { input }: Pick<SubtaskRow, 'input'>,
): Promise<Attachments> {
  const { HeadTailSet, SubtitleInfoSet, SubtitleSet } = input as Wishes;
  const headTails: HeadTail[] = [];
  for (const { Definition } of HeadTailSet ?? []) {
    headTails.push(await findHeadTail(context, task.sub_app_id, Definition));
  }
  const burnt: BurntSubtitles[] = [];
  for (const { Id, ...style } of SubtitleInfoSet ?? []) {
    burnt.push({ cues: (await findSubtitle(context, task.file_id, Id)).cues, style });
  }
  const tracks: SubtitleTrack[] = [];
  for (const id of SubtitleSet ?? []) tracks.push(await findSubtitle(context, task.file_id, id));
  return { headTails, burnt, tracks };
}

async function findHeadTail(context: VodContext, subAppId: number, definition: number): Promise<HeadTail> {
  const template = await findTemplate(context.db, subAppId, 'HeadTail', definition);
  if (!template) {
    const message = `there is no head and tail template ${definition}`;
    throw new MediaError('InvalidInput.DefinitionNotExist', message);
  }
  const { HeadCandidateSet, TailCandidateSet, FillType = 'stretch' } = template.parameters;
  const find = async (fileIds: readonly string[] | null | undefined): Promise<HeadTailClip[]> => {
    const clips: HeadTailClip[] = [];
    for (const fileId of fileIds ?? []) clips.push(await findClip(context, subAppId, fileId));
    return clips;
  };
  const [heads, tails] = [await find(HeadCandidateSet), await find(TailCandidateSet)];
  assertPictures(definition, [...heads, ...tails]);
  return { definition, heads, tails, fillType: FillType };
}

async function findClip(
  { db, blobs, tools }: VodContext,
  subAppId: number,
  fileId: string,
): Promise<HeadTailClip> {
  const found = (await findMedia(db, subAppId, [fileId])).get(fileId);
  const source = found && findSource(found);
  if (!source) {
    throw new MediaError('SourceFileError.DownloadNotAccessible', `there is no media ${fileId} to be joined`);
  }
  const path = blobs.localPath(source.blob_key);
  return { path, source: await probeMedia(path, { tools }) };
}

async function findSubtitle(context: VodContext, fileId: string, id: string): Promise<SubtitleTrack> {
  const track = await findSubtitleTrack(context, fileId, id);
  if (track) return track;
  throw new MediaError('InvalidInput', `the media has no subtitle ${JSON.stringify(id.slice(0, 40))}`);
}
