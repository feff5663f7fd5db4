import type { models } from '@vodstack/protocol';
import { assertSupported } from '../tasks/assert-supported.ts';
import { assertBetween, assertCodec, assertOneOf, wrong } from './parse-output.ts';
import { isOfferedTransition } from './transitions.ts';

const MAX_TRACKS = 10;
const MAX_ITEMS = 500;
const DAY_SEC = 24 * 3600;
const MAX_SIDE = 3840;

type ItemMember = 'VideoItem' | 'AudioItem' | 'StickerItem' | 'TransitionItem' | 'EmptyItem';

const ITEM_MEMBERS: Readonly<Record<string, ItemMember>> = {
  Video: 'VideoItem',
  Audio: 'AudioItem',
  Sticker: 'StickerItem',
  Transition: 'TransitionItem',
  Empty: 'EmptyItem',
};
const ITEMS_OF: Readonly<Record<string, readonly string[]>> = {
  Video: ['Video', 'Transition', 'Empty'],
  Audio: ['Audio', 'Transition', 'Empty'],
  Sticker: ['Sticker', 'Empty'],
};

/**
 * Checks what ComposeMedia is asked for, before anything is queued.
 * @returns the names of all sources
 * @throws ApiError InvalidParameterValue, or UnsupportedOperation for a transition that cannot be made here
 */
export function checkTracks(tracks: readonly models.MediaTrack[]): string[] {
  for (const type of Object.keys(ITEMS_OF)) {
    const count = tracks.filter(({ Type }) => Type === type).length;
    if (count > MAX_TRACKS)
      throw wrong('The parameter `Tracks`', `may have ${MAX_TRACKS} of the type ${type}, got ${count}.`);
  }
  const items = tracks.flatMap((track, index) => checkTrack(track, `Tracks.${index}`));
  const count = tracks.reduce((sum, { TrackItems }) => sum + TrackItems.length, 0);
  if (count === 0 || count > MAX_ITEMS) {
    throw wrong('The parameter `Tracks`', `must have 1 to ${MAX_ITEMS} items in all, got ${count}.`);
  }
  if (items.length === 0) throw wrong('The parameter `Tracks`', 'must have a video, a sound or a sticker.');
  return items;
}

function checkTrack({ Type, TrackItems }: models.MediaTrack, path: string): string[] {
  assertOneOf(`${path}.Type`, Type, Object.keys(ITEMS_OF));
  return TrackItems.flatMap((item, index) => {
    const place = `${path}.TrackItems.${index}`;
    assertOneOf(`${place}.Type`, item.Type, ITEMS_OF[Type] ?? []);
    const member = ITEM_MEMBERS[item.Type] ?? 'EmptyItem';
    const piece = item[member];
    if (!piece)
      throw wrong(`The parameter \`${place}.${member}\``, `must be there for the type ${item.Type}.`);
    checkTimes(piece, `${place}.${member}`);
    checkOperations(item);
    return 'SourceMedia' in piece ? [piece.SourceMedia] : [];
  });
}

function checkTimes(piece: object, path: string): void {
  for (const [name, value] of Object.entries(piece)) {
    if (typeof value === 'number') assertBetween(`${path}.${name}`, value, [0, DAY_SEC]);
  }
}

function checkOperations({ VideoItem, StickerItem, AudioItem, TransitionItem }: models.MediaTrackItem): void {
  const { Transitions, MediaTransitions } = TransitionItem ?? {};
  for (const { Type } of [...(Transitions ?? []), ...(MediaTransitions ?? [])]) {
    if (!isOfferedTransition(Type)) assertSupported({ [Type]: true }, 'Transitions.');
  }
  for (const { Type, RotateAngle } of [
    ...(VideoItem?.ImageOperations ?? []),
    ...(StickerItem?.ImageOperations ?? []),
  ]) {
    assertOneOf('ImageOperations.Type', Type, ['Rotate', 'Flip']);
    assertBetween('ImageOperations.RotateAngle', RotateAngle ?? 0, [0, 360]);
  }
  for (const { Type, VolumeParam } of [
    ...(VideoItem?.AudioOperations ?? []),
    ...(AudioItem?.AudioOperations ?? []),
  ]) {
    assertOneOf('AudioOperations.Type', Type, ['Volume']);
    assertBetween('AudioOperations.VolumeParam.Gain', VolumeParam?.Gain ?? 0, [0, 10]);
  }
}

/** Checks canvas and output. */
export function checkComposition({
  Canvas,
  Output,
}: Pick<models.ComposeMediaRequest, 'Canvas' | 'Output'>): void {
  assertBetween('Canvas.Width', Canvas?.Width ?? 0, [0, MAX_SIDE]);
  assertBetween('Canvas.Height', Canvas?.Height ?? 0, [0, MAX_SIDE]);
  if (Canvas?.Color) assertOneOf('Canvas.Color', Canvas.Color, ['Black', 'White']);
  if (Output.Container) assertOneOf('Output.Container', Output.Container, ['mp4', 'mp3']);
  assertCodec(Output.VideoStream?.Codec, ['libx264']);
  assertBetween('Output.VideoStream.Fps', Output.VideoStream?.Fps ?? 0, [0, 60]);
  const { SampleRate, AudioChannel, Bitrate } = Output.AudioStream ?? {};
  if (SampleRate) assertOneOf('Output.AudioStream.SampleRate', SampleRate, [16_000, 32_000, 44_100, 48_000]);
  if (AudioChannel) assertOneOf('Output.AudioStream.AudioChannel', AudioChannel, [1, 2]);
  if (Bitrate) assertBetween('Output.AudioStream.Bitrate', Bitrate, [26, 256]);
  if (Output.RemoveAudio === 1 && (Output.RemoveVideo === 1 || Output.Container === 'mp3')) {
    throw wrong('The parameter `Output.RemoveAudio`', 'must be 0 when there is no video either.');
  }
}
