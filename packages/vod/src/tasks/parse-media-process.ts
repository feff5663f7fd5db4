import { ApiError, type models } from '@vodstack/protocol';
import type { SubtaskKind } from '../tables.ts';
import { assertSupported, isAskingForWork } from './assert-supported.ts';
import type { NewSubtask } from './create-task.ts';

type MediaProcessTask = models.MediaProcessTaskInput;
type ListName = keyof MediaProcessTask;
type InputOf<List extends ListName> = NonNullable<MediaProcessTask[List]>[number];

interface TaskList<List extends ListName> {
  readonly kind: SubtaskKind;
  /** Options that ask for work which this server does not do. */
  readonly unsupported: readonly (keyof InputOf<List>)[];
  /** The input as results repeat it: checked, and with what was left out filled in. */
  readonly toInput: (input: InputOf<List>, path: string) => object;
}

/** Ours: one request cannot ask for more of a kind than there are templates in the cloud. */
const MAX_ENTRIES = 100;
const MAX_WATERMARKS = 10;
const MAX_MOSAICS = 10;
const MAX_HEAD_TAILS = 10;
const MAX_BURNT = 2;
const MAX_SUBTITLES = 16;
const MAX_TEXT = 100;
const MAX_SVG = 2_000_000;
const MAX_DEFINITION = 2_147_483_647;

/** In the order in which results list them. */
const taskLists: { readonly [List in ListName]-?: TaskList<List> } = {
  TranscodeTaskSet: {
    kind: 'Transcode',
    unsupported: ['TraceWatermark', 'CopyRightWatermark', 'BlindWatermark'],
    toInput: (input, path) => ({
      Definition: input.Definition,
      WatermarkSet: parseWatermarks(input.WatermarkSet, path),
      TraceWatermark: { Switch: '' },
      CopyRightWatermark: { Text: '' },
      MosaicSet: parseMosaics(input.MosaicSet, path),
      HeadTailSet: parseHeadTails(input.HeadTailSet, path),
      StartTimeOffset: input.StartTimeOffset ?? 0,
      EndTimeOffset: input.EndTimeOffset ?? 0,
      ...parseBurntSubtitles(input.SubtitleInfoSet, path),
      ...(isOverriding(input.OverrideParameter) ? { OverrideParameter: input.OverrideParameter } : {}),
    }),
  },
  AnimatedGraphicTaskSet: {
    kind: 'AnimatedGraphics',
    unsupported: [],
    toInput: ({ Definition, StartTimeOffset, EndTimeOffset }) => ({
      Definition,
      StartTimeOffset,
      EndTimeOffset,
    }),
  },
  SnapshotByTimeOffsetTaskSet: {
    kind: 'SnapshotByTimeOffset',
    unsupported: [],
    toInput: ({ Definition, ExtTimeOffsetSet, TimeOffsetSet, WatermarkSet }, path) => ({
      Definition,
      ...parseOffsets(ExtTimeOffsetSet ?? [], TimeOffsetSet ?? [], path),
      WatermarkSet: parsePictureMarks(WatermarkSet, path),
    }),
  },
  SampleSnapshotTaskSet: {
    kind: 'SampleSnapshot',
    unsupported: [],
    toInput: ({ Definition, WatermarkSet }, path) => ({
      Definition,
      WatermarkSet: parsePictureMarks(WatermarkSet, path),
    }),
  },
  ImageSpriteTaskSet: {
    kind: 'ImageSprites',
    unsupported: [],
    toInput: ({ Definition }) => ({ Definition }),
  },
  CoverBySnapshotTaskSet: {
    kind: 'CoverBySnapshot',
    unsupported: [],
    toInput: (input, path) => ({
      Definition: input.Definition,
      ...parsePosition(input, path),
      WatermarkSet: parsePictureMarks(input.WatermarkSet, path),
    }),
  },
  AdaptiveDynamicStreamingTaskSet: {
    kind: 'AdaptiveDynamicStreaming',
    unsupported: ['TraceWatermark', 'CopyRightWatermark', 'BlindWatermark', 'DrmInfo'],
    toInput: (input, path) => ({
      Definition: input.Definition,
      WatermarkSet: parseWatermarks(input.WatermarkSet, path),
      ...parseSubtitleSet(input.SubtitleSet, path),
      ...parseBurntSubtitles(input.SubtitleInfoSet, path),
    }),
  },
};

const listNames = Object.keys(taskLists) as ListName[];

/** The paths of MediaProcessTask's options that are refused, for `Action.unsupported`. */
export const unsupportedTaskOptions: readonly string[] = listNames.flatMap((list) =>
  taskLists[list].unsupported.map((option) => `MediaProcessTask.${list}.${option}`),
);

/**
 * The sub-tasks that a MediaProcessTask asks for, kind by kind.
 * @throws ApiError InvalidParameterValue for what is not allowed, UnsupportedOperation for what this server does not do
 */
export function parseMediaProcessTask(task: MediaProcessTask | null | undefined): NewSubtask[] {
  const subtasks = listNames.flatMap((list) => parseList(list, task?.[list] ?? []));
  if (subtasks.length > 0) return subtasks;
  throw new ApiError(
    'InvalidParameterValue',
    'The parameter `MediaProcessTask` must have at least one entry in one of its lists, such as `MediaProcessTask.TranscodeTaskSet`.',
  );
}

/** The wire's form of sub-tasks: every list is there. */
export function toMediaProcessTask(subtasks: readonly NewSubtask[]): MediaProcessTask {
  return Object.fromEntries(
    listNames.map((list) => [
      list,
      subtasks.filter(({ kind }) => kind === taskLists[list].kind).map(({ input }) => input),
    ]),
  );
}

function parseList<List extends ListName>(list: List, inputs: readonly InputOf<List>[]): NewSubtask[] {
  // TypeScript does not follow that the table's entry of this name is for inputs of this list.
  const { kind, unsupported, toInput } = taskLists[list] as unknown as TaskList<List>;
  const listPath = `MediaProcessTask.${list}`;
  if (inputs.length > MAX_ENTRIES) {
    throw new ApiError(
      'InvalidParameterValue',
      `The parameter \`${listPath}\` must have 1 to ${MAX_ENTRIES} entries, got ${inputs.length}.`,
    );
  }
  return inputs.map((input, index) => {
    const path = `${listPath}.${index}.`;
    assertSupported(Object.fromEntries(unsupported.map((option) => [option, input[option]])), path);
    return { kind, definition: parseDefinition(input.Definition, path), input: toInput(input, path) };
  });
}

function parseDefinition(definition: number, path: string): number {
  if (Number.isSafeInteger(definition) && definition >= 0 && definition <= MAX_DEFINITION) return definition;
  throw wrong(`${path}Definition`, `must be a template's id, got ${definition}.`);
}

function parseWatermarks(
  watermarks: readonly models.WatermarkInput[] | null | undefined,
  path: string,
): models.WatermarkInput[] {
  const set = watermarks ?? [];
  if (set.length > MAX_WATERMARKS) {
    throw wrong(`${path}WatermarkSet`, `may have ${MAX_WATERMARKS} entries at most, got ${set.length}.`);
  }
  return set.map((watermark, index) => {
    const place = `${path}WatermarkSet.${index}.`;
    parseDefinition(watermark.Definition, place);
    for (const [name, most] of [
      ['TextContent', MAX_TEXT],
      ['SvgContent', MAX_SVG],
    ] as const) {
      const { length } = watermark[name] ?? '';
      if (length > most) {
        throw wrong(`${place}${name}`, `may have ${most} characters at most, got ${length}.`);
      }
    }
    return watermark;
  });
}

/** Pictures bear no texts and no SVG (WatermarkInput). */
function parsePictureMarks(
  watermarks: readonly models.WatermarkInput[] | null | undefined,
  path: string,
): models.WatermarkInput[] {
  const set = parseWatermarks(watermarks, path);
  for (const [index, { TextContent, SvgContent }] of set.entries()) {
    if (!TextContent && !SvgContent) continue;
    throw wrong(`${path}WatermarkSet.${index}`, 'may have no text and no SVG: a picture bears images only.');
  }
  return set;
}

function parseMosaics(
  mosaics: readonly models.MosaicInput[] | null | undefined,
  path: string,
): models.MosaicInput[] {
  const set = [...(mosaics ?? [])];
  if (set.length > MAX_MOSAICS) {
    throw wrong(`${path}MosaicSet`, `may have ${MAX_MOSAICS} entries at most, got ${set.length}.`);
  }
  for (const [index, mosaic] of set.entries()) {
    for (const name of ['XPos', 'YPos', 'Width', 'Height'] as const) {
      const text = mosaic[name] || '0px';
      if (/^\d{1,5}(\.\d{1,4})?(%|px)$/.test(text)) continue;
      const got = JSON.stringify(text.slice(0, 40));
      throw wrong(`${path}MosaicSet.${index}.${name}`, `must be like 10% or 100px, got ${got}.`);
    }
  }
  return set;
}

function parseHeadTails(
  headTails: readonly models.HeadTailTaskInput[] | null | undefined,
  path: string,
): models.HeadTailTaskInput[] {
  const set = [...(headTails ?? [])];
  if (set.length > MAX_HEAD_TAILS) {
    throw wrong(`${path}HeadTailSet`, `may have ${MAX_HEAD_TAILS} entries at most, got ${set.length}.`);
  }
  for (const [index, { Definition }] of set.entries()) {
    parseDefinition(Definition, `${path}HeadTailSet.${index}.`);
  }
  return set;
}

/** Left out where there are none: the cloud's older samples do not know the member. */
function parseBurntSubtitles(
  subtitles: readonly models.SubtitleInfoInput[] | null | undefined,
  path: string,
): { SubtitleInfoSet?: models.SubtitleInfoInput[] } {
  if (!subtitles?.length) return {};
  if (subtitles.length > MAX_BURNT) {
    throw wrong(`${path}SubtitleInfoSet`, `may have ${MAX_BURNT} entries at most, got ${subtitles.length}.`);
  }
  for (const [index, subtitle] of subtitles.entries()) {
    const place = `${path}SubtitleInfoSet.${index}.`;
    assertSubtitleId(subtitle.Id, `${place}Id`);
    for (const [name, value] of Object.entries(subtitle)) assertStyle(name, value, `${place}${name}`);
  }
  return { SubtitleInfoSet: [...subtitles] };
}

const LENGTHS = /^(FontSize|YPos|BoardY|BoardWidth|BoardHeight|OutlineWidth|ShadowWidth|LineSpacing)$/;

function assertStyle(name: string, value: unknown, path: string): void {
  if ((typeof value !== 'string' && typeof value !== 'number') || value === '') return;
  const got = JSON.stringify(value).slice(0, 40);
  if (LENGTHS.test(name) && !/^\d{1,4}(\.\d{1,4})?(%|px)$/.test(String(value))) {
    throw wrong(path, `must be like 10% or 100px, got ${got}.`);
  }
  if (name.endsWith('Color') && !/^0x[0-9a-f]{6}$/i.test(String(value))) {
    throw wrong(path, `must be like 0xFFFFFF, got ${got}.`);
  }
  if (name.endsWith('Alpha') && !(Number(value) >= 0 && Number(value) <= 1)) {
    throw wrong(path, `must be 0 to 1, got ${got}.`);
  }
  if (name === 'Alignment' && value !== 'top' && value !== 'bottom') {
    throw wrong(path, `must be top or bottom, got ${got}.`);
  }
}

function parseSubtitleSet(
  ids: readonly string[] | null | undefined,
  path: string,
): { SubtitleSet?: string[] } {
  if (!ids?.length) return {};
  if (ids.length > MAX_SUBTITLES) {
    throw wrong(`${path}SubtitleSet`, `may have ${MAX_SUBTITLES} entries at most, got ${ids.length}.`);
  }
  for (const [index, id] of ids.entries()) assertSubtitleId(id, `${path}SubtitleSet.${index}`);
  return { SubtitleSet: [...new Set(ids)] };
}

function assertSubtitleId(id: string, path: string): void {
  if (/^[\w-]{1,16}$/.test(id)) return;
  throw wrong(path, `must be the id of a subtitle, got ${JSON.stringify(id.slice(0, 40))}.`);
}

/** Zeroes count here, unlike elsewhere: RemoveVideo 0 brings back what a template takes away. */
function isOverriding(override: object | null | undefined): boolean {
  return Object.values(override ?? {}).some(
    (value: unknown) => value !== null && value !== undefined && (value === 0 || isAskingForWork(value)),
  );
}

function parseOffsets(
  ext: readonly string[],
  milliseconds: readonly number[],
  path: string,
): { ExtTimeOffsetSet: readonly string[]; TimeOffsetSet: readonly number[] } {
  if (ext.length + milliseconds.length === 0) {
    throw wrong(`${path}ExtTimeOffsetSet`, 'must name at least one time, such as 3.5s or 10%.');
  }
  const odd = ext.find((offset) => !/^\d+(\.\d+)?(s|%)$/.test(offset));
  if (odd !== undefined) {
    throw wrong(
      `${path}ExtTimeOffsetSet`,
      `must have times such as 3.5s or 10%, got ${JSON.stringify(odd.slice(0, 40))}.`,
    );
  }
  return { ExtTimeOffsetSet: ext, TimeOffsetSet: milliseconds };
}

function parsePosition(
  { PositionType, PositionValue }: models.CoverBySnapshotTaskInput,
  path: string,
): { PositionType: string; PositionValue: number } {
  if (PositionType !== 'Time' && PositionType !== 'Percent') {
    throw wrong(
      `${path}PositionType`,
      `must be Time or Percent, got ${JSON.stringify(PositionType.slice(0, 40))}.`,
    );
  }
  if (PositionValue < 0 || (PositionType === 'Percent' && PositionValue > 100)) {
    throw wrong(`${path}PositionValue`, `must be seconds or 0 to 100 percent, got ${PositionValue}.`);
  }
  return { PositionType, PositionValue };
}

function wrong(path: string, detail: string): ApiError {
  return new ApiError('InvalidParameterValue', `The parameter \`${path}\` ${detail}`);
}
