import type { models, PixelSize } from '@vodstack/protocol';
import type { EditRequests } from '../tables.ts';
import { MediaError, sourceFps, type TimelineItem } from '../transcode/index.ts';
import type { EditSource } from './edit-sources.ts';
import type { Composition } from './join-timeline.ts';
import { pictureTransition, SOUND_FADE } from './transitions.ts';

type Request = EditRequests['ComposeMedia'];
type FindSource = (name: string) => Promise<EditSource>;

const MAX_SEC = 24 * 3600;
const DEFAULT_SAMPLE_RATE = 16_000;

/** Tracks laid over each other and mixed, as ComposeMedia tells of them. */
export async function planComposition(request: Request, find: FindSource): Promise<Composition> {
  const { Tracks, Canvas, Output } = request;
  const isSoundOnly = Output.Container === 'mp3' || Output.RemoveVideo === 1;
  const base = isSoundOnly ? undefined : await findBase(Tracks, find);
  const size = isSoundOnly ? { width: 0, height: 0 } : canvasSize(Canvas, base);
  const items: TimelineItem[] = [];
  for (const track of Tracks) items.push(...(await planTrack(track, size, find)));
  const durationSec = Math.max(0, ...items.map(({ startSec, shownSec }) => startSec + shownSec));
  if (durationSec <= 0 || durationSec > MAX_SEC) {
    throw invalidTime(`the tracks are ${durationSec} s long: it must be more than 0 and at most ${MAX_SEC}`);
  }
  const { VideoStream: video, AudioStream: audio } = Output;
  const fps = video?.Fps || sourceFps(base?.info?.video?.fps ?? 0);
  return {
    timeline: {
      items,
      durationSec,
      canvas: isSoundOnly ? null : { ...size, fps, color: Canvas?.Color === 'White' ? 'white' : 'black' },
      hasSound: Output.RemoveAudio !== 1 && items.some(({ sound, source }) => sound && source?.audio.length),
    },
    rule: {
      Container: Output.Container || 'mp4',
      VideoTemplate: { Codec: 'libx264' },
      AudioTemplate: {
        Codec: Output.Container === 'mp3' ? 'libmp3lame' : 'libfdk_aac',
        Bitrate: audio?.Bitrate ?? 0,
        SampleRate: audio?.SampleRate || DEFAULT_SAMPLE_RATE,
        AudioChannel: audio?.AudioChannel || 2,
      },
    },
  };
}

/** The first moving picture of the first track that has one: of its size and rate is the whole where nothing else is said. */
async function findBase(
  tracks: readonly models.MediaTrack[],
  find: FindSource,
): Promise<EditSource | undefined> {
  const first = tracks
    .filter(({ Type }) => Type === 'Video')
    .flatMap(({ TrackItems }) => TrackItems)
    .find(({ VideoItem }) => VideoItem);
  return first?.VideoItem && (await find(first.VideoItem.SourceMedia));
}

function canvasSize(canvas: models.Canvas | null | undefined, base: EditSource | undefined): PixelSize {
  const own = base?.info?.display ?? { width: 0, height: 0 };
  const size = { width: toEven(canvas?.Width || own.width), height: toEven(canvas?.Height || own.height) };
  if (size.width > 0 && size.height > 0) return size;
  throw new MediaError(
    'InvalidInput.ConfigurationUnsupported',
    'the canvas needs a width and a height: no track begins with a video that could give them',
  );
}

async function planTrack(
  track: models.MediaTrack,
  canvas: PixelSize,
  find: FindSource,
): Promise<TimelineItem[]> {
  const items: TimelineItem[] = [];
  let endSec = 0;
  let transition: models.MediaTransitionItem | undefined;
  for (const item of track.TrackItems) {
    if (item.EmptyItem) endSec += item.EmptyItem.Duration;
    if (item.TransitionItem) transition = item.TransitionItem;
    const piece = item.VideoItem ?? item.AudioItem ?? item.StickerItem;
    if (!piece) continue;
    const overlapSec = Math.min(transition?.Duration ?? 0, items.at(-1)?.shownSec ?? 0);
    const startSec = ('StartTime' in piece && piece.StartTime) || Math.max(0, endSec - overlapSec);
    const made = place(piece, await find(piece.SourceMedia), { startSec, canvas, type: item.Type });
    const faded = transition ? fade(items.pop(), made, transition, overlapSec) : [made];
    items.push(...faded);
    transition = undefined;
    endSec = startSec + made.shownSec;
  }
  return items;
}

type Piece = models.VideoTrackItem | models.AudioTrackItem | models.StickerTrackItem;

function place(
  piece: Piece,
  { path, info }: EditSource,
  on: { startSec: number; canvas: PixelSize; type: string },
): TimelineItem {
  const fromSec = ('SourceMediaStartTime' in piece && piece.SourceMediaStartTime) || 0;
  const wholeSec = info === null ? 0 : info.durationSec - fromSec;
  const takenSec = info === null ? (piece.Duration ?? 0) : Math.min(wholeSec, piece.Duration || wholeSec);
  const isSticker = on.type === 'Sticker';
  const shownSec =
    ('TargetDuration' in piece && piece.TargetDuration) || (isSticker && piece.Duration) || takenSec;
  if (takenSec <= 0 || shownSec <= 0) {
    throw invalidTime(`nothing is left of ${piece.SourceMedia} from ${fromSec} s on`);
  }
  const hasPicture = on.type !== 'Audio' && (info === null || info.video !== null) && on.canvas.width > 0;
  const gain = 'AudioOperations' in piece ? gainOf(piece.AudioOperations ?? []) : 1;
  return {
    path,
    source: info,
    startSec: on.startSec,
    shownSec,
    fromSec,
    takenSec,
    ...(hasPicture ? { picture: placePicture(piece, on.canvas) } : {}),
    ...(info && gain > 0 && !isSticker ? { sound: { gain, fadeInSec: 0, fadeOutSec: 0 } } : {}),
  };
}

function placePicture(piece: Piece, canvas: PixelSize): NonNullable<TimelineItem['picture']> {
  const { XPos, YPos, Width, Height, ImageOperations } = piece as models.VideoTrackItem;
  return {
    size: { width: toPixels(Width, canvas.width), height: toPixels(Height, canvas.height) },
    isFitted: false,
    dx: toPixels(XPos, canvas.width),
    dy: toPixels(YPos, canvas.height),
    turns: (ImageOperations ?? []).map(({ Type, RotateAngle, Flip }) => {
      if (Type === 'Rotate') return RotateAngle ?? 0;
      return Flip === 'Vertical' ? 'vertical' : 'horizontal';
    }),
    fadeInSec: 0,
  };
}

/** The later piece comes in over the end of the earlier one. */
function fade(
  before: TimelineItem | undefined,
  after: TimelineItem,
  { Transitions, MediaTransitions }: models.MediaTransitionItem,
  sec: number,
): TimelineItem[] {
  const types = [...(Transitions ?? []), ...(MediaTransitions ?? [])].map(({ Type }) => Type);
  const isSoundFaded = types.includes(SOUND_FADE);
  const picture = after.picture && {
    ...after.picture,
    fadeInSec: sec,
    transition: pictureTransition(types),
  };
  const incoming = isSoundFaded && after.sound ? { ...after.sound, fadeInSec: sec } : after.sound;
  const outgoing = isSoundFaded && before?.sound ? { ...before.sound, fadeOutSec: sec } : before?.sound;
  return [...(before ? [{ ...before, sound: outgoing }] : []), { ...after, picture, sound: incoming }];
}

/** Zero and one change nothing (AudioVolumeParam). */
function gainOf(operations: readonly models.AudioTransform[]): number {
  return operations.reduce((gain, { VolumeParam }) => {
    if (VolumeParam?.Mute === 1) return 0;
    return gain * (VolumeParam?.Gain || 1);
  }, 1);
}

/** `10%` of `whole`, or `100px`, also negative; 0 for nothing. */
function toPixels(text: string | null | undefined, whole: number): number {
  const [, number = '0', unit = ''] = /^(-?\d+(?:\.\d+)?)(%|px)$/.exec(text?.trim() ?? '') ?? [];
  return Math.round(unit === '%' ? (whole * Number(number)) / 100 : Number(number));
}

function toEven(value: number): number {
  return Math.floor(value / 2) * 2;
}

function invalidTime(message: string): MediaError {
  return new MediaError('InvalidInput.InvalidTimeOffset', message);
}
