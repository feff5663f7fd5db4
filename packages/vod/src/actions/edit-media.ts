import { ApiError, missingParameter } from '@vodstack/protocol';
import { resolveActiveSubAppId } from '../applications.ts';
import { createEdit } from '../edits/create-edit.ts';
import { assertBetween, assertCodec, assertOneOf, assertOutput, wrong } from '../edits/parse-output.ts';
import { findMedia } from '../media/media-repository.ts';
import { parseProcedure } from '../media/media-parameters.ts';
import { assertSupported } from '../tasks/assert-supported.ts';
import { parseTaskOptions } from '../tasks/task-options.ts';
import { defineAction, type Action, type ActionContext } from './action.ts';
import type { EditMediaRequest } from './request-types.ts';

/** Ours: all files are open at once. */
const MAX_FILES = 50;

/** Cuts files and joins them into a new media; EditMediaComplete tells what became of it (266/34783). */
export const editMedia: Action<EditMediaRequest> = defineAction({
  name: 'EditMedia',
  unsupported: ['StreamInfos', 'ExtInfo'],
  async handle(context, request) {
    const subAppId = await resolveActiveSubAppId(context, request.SubAppId);
    const options = parseTaskOptions(request);
    assertOneOf('InputType', request.InputType, ['File', 'Stream']);
    if (request.InputType === 'Stream') assertSupported({ StreamInfos: true });
    const { Definition, ProcedureName, OutputConfig } = request;
    const FileInfos = await checkFiles(context, subAppId, request.FileInfos ?? []);
    if (Definition) assertOneOf('Definition', Definition, [10, 20]);
    await parseProcedure(context, subAppId, ProcedureName);
    await checkOutput(context, subAppId, OutputConfig ?? {});
    const edit = { FileInfos, Definition, ProcedureName, OutputConfig };
    return {
      TaskId: await createEdit(context, {
        kind: 'EditMedia',
        subAppId,
        ...options,
        request: JSON.parse(JSON.stringify(edit)) as typeof request,
      }),
    };
  },
});

type FileInfos = NonNullable<EditMediaRequest['FileInfos']>;

async function checkFiles(context: ActionContext, subAppId: number, files: FileInfos): Promise<FileInfos> {
  if (files.length === 0) throw missingParameter('FileInfos');
  if (files.length > MAX_FILES) {
    throw wrong('The parameter `FileInfos`', `may have ${MAX_FILES} entries at most, got ${files.length}.`);
  }
  await assertMedia(
    context,
    subAppId,
    files.map(({ FileId }) => FileId),
  );
  return files;
}

/** @throws ApiError ResourceNotFound */
export async function assertMedia(
  { db }: ActionContext,
  subAppId: number,
  fileIds: readonly string[],
): Promise<void> {
  const found = await findMedia(db, subAppId, [...new Set(fileIds)]);
  const missing = fileIds.find((fileId) => !found.has(fileId));
  if (missing === undefined) return;
  throw new ApiError(
    'ResourceNotFound',
    `There is no media ${JSON.stringify(missing.slice(0, 40))} in this application.`,
  );
}

async function checkOutput(
  context: ActionContext,
  subAppId: number,
  output: NonNullable<EditMediaRequest['OutputConfig']>,
): Promise<void> {
  await assertOutput(context, subAppId, output.MediaName ?? '', output);
  if (output.Type) assertOneOf('OutputConfig.Type', output.Type, ['mp4', 'hls']);
  const { Codec, Bitrate, Width, Height, Fps } = output.VideoStream ?? {};
  assertCodec(Codec, ['libx264', 'libx265', 'av1']);
  if (Bitrate) assertBetween('OutputConfig.VideoStream.Bitrate', Bitrate, [128, 100_000]);
  if (Width) assertBetween('OutputConfig.VideoStream.Width', Width, [128, 4096]);
  if (Height) assertBetween('OutputConfig.VideoStream.Height', Height, [128, 4096]);
  assertBetween('OutputConfig.VideoStream.Fps', Fps ?? 0, [0, 100]);
  if (output.TEHDConfig?.Type)
    assertOneOf('OutputConfig.TEHDConfig.Type', output.TEHDConfig.Type, ['TEHD-100', 'OFF']);
}
