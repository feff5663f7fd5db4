import {
  boolean,
  filledText,
  list,
  measure,
  nullable,
  number,
  object,
  oneOf,
  text,
  withDefault,
  type Decoded,
} from '../../shared/api/decode.ts';
import { eventView } from '../../shared/events/event-types.ts';

const output = object({
  definition: number,
  url: text,
  width: measure,
  height: measure,
  sizeBytes: number,
});

const rowShape = {
  fileId: text,
  name: text,
  type: withDefault(text, ''),
  sizeBytes: number,
  durationSec: measure,
  width: measure,
  height: measure,
  status: oneOf('Processing', 'Normal', 'Failed'),
  progress: nullable(number),
  failure: filledText,
  isForbidden: withDefault(boolean, false),
  classId: withDefault(number, 0),
  tags: withDefault(list(text), []),
  createdAt: text,
  mediaUrl: text,
  outputs: list(output),
};

const mediaRow = object(rowShape);

export const mediaPage = object({ items: list(mediaRow), nextCursor: nullable(text), total: number });

const subtask = object({
  type: text,
  definition: number,
  status: oneOf('WAITING', 'PROCESSING', 'SUCCESS', 'FAIL'),
  progress: withDefault(number, 0),
  errCodeExt: withDefault(text, ''),
  message: withDefault(text, ''),
  output: nullable(
    object({
      url: text,
      width: measure,
      height: measure,
      sizeBytes: number,
      bitrateBps: measure,
      durationSec: measure,
      md5: withDefault(text, ''),
    }),
  ),
  beginAt: nullable(text),
  finishAt: nullable(text),
});

/** One run of ffmpeg. */
const run = object({
  name: text,
  subtasks: list(number),
  after: list(text),
  arguments: list(text),
});

const task = object({
  taskId: text,
  status: oneOf('WAITING', 'PROCESSING', 'FINISH', 'ABORTED'),
  createdAt: text,
  beginAt: nullable(text),
  finishAt: nullable(text),
  sessionId: withDefault(text, ''),
  subtasks: list(subtask),
  plan: withDefault(list(run), []),
});

/** The wire's MediaMetaData, of which every member may be missing. */
const metaData = object({
  Size: nullable(number),
  Container: nullable(text),
  Bitrate: measure,
  Duration: measure,
  Rotate: nullable(number),
  VideoStreamSet: withDefault(
    list(
      object({
        Codec: nullable(text),
        Bitrate: measure,
        Width: measure,
        Height: measure,
        Fps: measure,
      }),
    ),
    [],
  ),
  AudioStreamSet: withDefault(
    list(object({ Codec: nullable(text), Bitrate: measure, SamplingRate: measure })),
    [],
  ),
});

const playback = object({
  streams: list(object({ definition: number, package: oneOf('HLS', 'DASH'), url: text, sizeBytes: number })),
  spritesUrl: nullable(text),
  subtitles: list(object({ id: text, name: text, language: text, url: text })),
});

export const mediaDetail = object({
  ...rowShape,
  playback,
  md5: filledText,
  /** Why the file could not be analysed. */
  probeFailure: filledText,
  metaData: nullable(metaData),
  tasks: withDefault(list(task), []),
  events: withDefault(list(eventView), []),
  records: withDefault(list(object({ definition: number, url: text, recordedAt: text })), []),
});

export type MediaRow = Decoded<typeof mediaRow>;
export type MediaDetail = Decoded<typeof mediaDetail>;
export type MediaMetaData = Decoded<typeof metaData>;
export type MediaTask = Decoded<typeof task>;
export type MediaSubtask = Decoded<typeof subtask>;
