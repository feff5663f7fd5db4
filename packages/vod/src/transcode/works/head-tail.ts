import type { PixelSize } from '@vodstack/protocol';
import { guardedInput } from '../input-guard.ts';
import { MediaError } from '../media-error.ts';
import type { SourceInfo } from '../source-info.ts';
import { fitOf } from './frame-size.ts';
import { prepareFilters, requirePicture } from './picture-source.ts';
import { type AudioRule, pickAudio } from './stream-arguments.ts';

/** A film that may stand before or behind the main one. */
export interface HeadTailClip {
  readonly path: string;
  readonly source: SourceInfo;
}

/** What a head and tail template offers, in its order. */
export interface HeadTail {
  readonly definition: number;
  readonly heads: readonly HeadTailClip[];
  readonly tails: readonly HeadTailClip[];
  readonly fillType: string;
}

export interface ChosenClips {
  readonly heads: readonly ChosenClip[];
  readonly tails: readonly ChosenClip[];
  readonly lengthSec: number;
}

interface ChosenClip extends HeadTailClip {
  readonly fillType: string;
}

/** Of each template the head and the tail whose shape is nearest to the film's; the first one of those that are alike. */
export function chooseClips(headTails: readonly HeadTail[], display: PixelSize): ChosenClips | undefined {
  const choose = (side: 'heads' | 'tails'): ChosenClip[] =>
    headTails.flatMap((headTail) => {
      const clip = nearest(headTail[side], display);
      return clip ? [{ ...clip, fillType: headTail.fillType }] : [];
    });
  const [heads, tails] = [choose('heads'), choose('tails')];
  const lengthSec = [...heads, ...tails].reduce((sum, { source }) => sum + source.durationSec, 0);
  return heads.length + tails.length > 0 ? { heads, tails, lengthSec } : undefined;
}

function nearest(clips: readonly HeadTailClip[], display: PixelSize): HeadTailClip | undefined {
  const distance = ({ source }: HeadTailClip): number => {
    const own = requirePicture(source).display;
    return Math.abs(Math.log((own.width * display.height) / (own.height * display.width)));
  };
  return clips.toSorted((a, b) => distance(a) - distance(b))[0];
}

export interface JoinOptions {
  /** The label of the film's picture; undefined for sound alone. */
  readonly picture: { readonly label: string; readonly size: PixelSize; readonly fps: number } | undefined;
  /** The film's sound, and what all of it becomes; undefined without any. */
  readonly sound: { readonly index: number | undefined; readonly rule: AudioRule } | undefined;
  readonly lengthSec: number;
  /** Inputs that stand before the clips. */
  readonly firstInput: number;
  readonly canToneMap: boolean;
}

export interface JoinedClips {
  readonly inputArgs: readonly string[];
  /** Names in the run's folder, and what they lead to. */
  readonly links: Readonly<Record<string, string>>;
  /** From the film's label to `[joined]` and `[joinedsound]`. */
  readonly chains: readonly string[];
}

/** Heads, film and tails one after the other: the film's frame and rate are those of all. */
export function joinClips({ heads, tails }: ChosenClips, options: JoinOptions): JoinedClips {
  const clips = [...heads, ...tails];
  const names = clips.map((_, i) => `clip-${i}`);
  const pieces = clips.map((clip, i) => clipChains(clip, options.firstInput + i, options));
  const film = filmChains(options);
  const ordered = [...pieces.slice(0, heads.length), film, ...pieces.slice(heads.length)];
  const { picture, sound } = options;
  const outputs = `${picture ? '[whole]' : ''}${sound ? '[joinedsound]' : ''}`;
  return {
    inputArgs: names.flatMap((name) => guardedInput(name)),
    links: Object.fromEntries(clips.map(({ path }, i) => [`clip-${i}`, path])),
    chains: [
      ...ordered.flatMap(({ chains }) => chains),
      `${ordered.map(({ labels }) => labels).join('')}concat=n=${ordered.length}:v=${picture ? 1 : 0}:a=${sound ? 1 : 0}${outputs}`,
      // A picture that ends before its sound is held: the rate stays what it is.
      ...(picture ? [`[whole]fps=${picture.fps}[joined]`] : []),
    ],
  };
}

interface Piece {
  readonly chains: readonly string[];
  readonly labels: string;
}

function filmChains({ picture, sound, lengthSec }: JoinOptions): Piece {
  return {
    chains: [
      ...(picture ? [`[${picture.label}]${cut('', lengthSec)}[film]`] : []),
      ...(sound ? [soundChain(sound, { input: 0, index: sound.index, lengthSec, label: 'filmsound' })] : []),
    ],
    labels: `${picture ? '[film]' : ''}${sound ? '[filmsound]' : ''}`,
  };
}

function clipChains(clip: ChosenClip, input: number, options: JoinOptions): Piece {
  const { picture, sound } = options;
  const source = requirePicture(clip.source);
  const lengthSec = source.durationSec;
  const filters = picture && [
    ...(source.video.isInterlaced ? ['bwdif=mode=send_frame:deint=interlaced'] : []),
    `fps=${picture.fps}:start_time=0`,
    ...prepareFilters({ ...source, video: { ...source.video, isInterlaced: false } }, options.canToneMap),
    fitOf(source.display, picture.size, { FillType: clip.fillType }, `clip${input}`),
    'format=yuv420p',
    cut('', lengthSec),
  ];
  const index = pickAudio(clip.source.audio)?.index;
  return {
    chains: [
      ...(filters ? [`[${input}:${source.video.index}]${filters.join(',')}[clip${input}]`] : []),
      ...(sound ? [soundChain(sound, { input, index, lengthSec, label: `clipsound${input}` })] : []),
    ],
    labels: `${picture ? `[clip${input}]` : ''}${sound ? `[clipsound${input}]` : ''}`,
  };
}

function soundChain(
  { rule }: NonNullable<JoinOptions['sound']>,
  piece: { input: number; index: number | undefined; lengthSec: number; label: string },
): string {
  const rate = rule.SampleRate || 44_100;
  const layout = rule.AudioChannel === 1 ? 'mono' : rule.AudioChannel === 6 ? '5.1' : 'stereo';
  const end = `${cut('a', piece.lengthSec)}[${piece.label}]`;
  if (piece.index === undefined) return `anullsrc=r=${rate}:cl=${layout},${end}`;
  const even = `aresample=${rate}:async=1:first_pts=0,aformat=channel_layouts=${layout}`;
  return `[${piece.input}:${piece.index}]${even},apad,${end}`;
}

/** Exactly this long, from zero on. */
function cut(kind: '' | 'a', lengthSec: number): string {
  return `${kind}trim=duration=${lengthSec.toFixed(3)},${kind}setpts=PTS-STARTPTS`;
}

/** @throws MediaError for a template whose film has no picture */
export function assertPictures(definition: number, clips: readonly HeadTailClip[]): void {
  if (clips.every(({ source }) => source.video !== null && source.display !== null)) return;
  throw new MediaError(
    'SourceFileError.NoVideoMedia',
    `a film of the head and tail template ${definition} has no picture`,
  );
}
