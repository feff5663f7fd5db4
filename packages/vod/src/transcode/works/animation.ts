import { MediaError } from '../media-error.ts';
import type { SourceInfo } from '../source-info.ts';
import { fitOf, frameSize, type SizeRule } from './frame-size.ts';
import { lastPictureSec, prepareFilters, requirePicture } from './picture-source.ts';
import type { SnapshotOptions } from './snapshots.ts';
import { timeRange } from './time-range.ts';
import type { Work } from './work.ts';

interface AnimationRule extends SizeRule {
  readonly Format?: string | undefined;
  readonly Fps?: number | undefined;
  readonly Quality?: number | undefined;
}

const PALETTE = 'palette.png';

/** A moving picture without sound, repeated for ever: GIF, with a palette of its own, or WebP. */
export function planAnimation(
  info: SourceInfo,
  template: AnimationRule,
  input: { readonly StartTimeOffset?: number | undefined; readonly EndTimeOffset?: number | undefined },
  options: SnapshotOptions,
): Work {
  const source = requirePicture(info);
  const { startSec, endSec } = timeRange(source.durationSec, input.StartTimeOffset, input.EndTimeOffset);
  const isWebp = template.Format === 'webp';
  const name = `v.f${options.definition}.${isWebp ? 'webp' : 'gif'}`;
  const size = frameSize(source.display, template);
  const from = Math.min(startSec, lastPictureSec(source));
  const filters = [
    `fps=${template.Fps || 2}`,
    ...prepareFilters(source, options.canToneMap),
    fitOf(source.display, size, template),
  ].join(',');
  const inputArgs = ['-ss', from.toFixed(3), '-t', (endSec - from).toFixed(3)];
  const common = { inputArgs, expected: { fileSec: endSec - from }, maxOutputBytes: 2 ** 32 };
  const entry = `[0:${source.video.index}]${filters}`;
  const webp = {
    ...common,
    ffmpegArgs: [
      ...['-filter_complex', `${entry}[out]`, '-map', '[out]', '-c:v', 'libwebp_anim'],
      ...['-quality', String(template.Quality || 75), '-loop', '0', '-f', 'webp', name],
    ],
  };
  // Two runs: a palette in the same run as its use keeps every picture in memory until the last one is seen.
  const gif = [
    {
      ...common,
      ffmpegArgs: [
        ...['-filter_complex', `${entry},palettegen[out]`, '-map', '[out]'],
        ...['-frames:v', '1', '-f', 'image2', '-update', '1', PALETTE],
      ],
    },
    {
      ...common,
      ffmpegArgs: [
        ...['-protocol_whitelist', 'file', '-format_whitelist', 'png_pipe', '-f', 'png_pipe'],
        ...['-i', `file:${PALETTE}`, '-filter_complex', `${entry}[in];[in][1:v]paletteuse[out]`],
        ...['-map', '[out]', '-c:v', 'gif', '-loop', '0', '-f', 'gif', name],
      ],
    },
  ];
  return {
    runs: isWebp ? [webp] : gif,
    collect: async (made) => {
      if (!made.names.includes(name) || (await made.sizeOf(name)) === 0) {
        throw new MediaError('SourceFileError.ContentMalformed', 'nothing of the picture could be decoded');
      }
      const container = isWebp ? 'webp' : 'gif';
      return { fileNames: [name], details: { container, startSec, endSec, ...size } };
    },
  };
}
