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
  const palette = 'split=2[seen][used];[seen]palettegen[palette];[used][palette]paletteuse';
  const graph = `[0:${source.video.index}]${filters}${isWebp ? '' : `,${palette}`}[out]`;
  const codec = isWebp
    ? ['-c:v', 'libwebp_anim', '-quality', String(template.Quality || 75), '-loop', '0', '-f', 'webp']
    : ['-c:v', 'gif', '-loop', '0', '-f', 'gif'];
  return {
    runs: [
      {
        inputArgs: ['-ss', from.toFixed(3), '-t', (endSec - from).toFixed(3)],
        ffmpegArgs: ['-filter_complex', graph, '-map', '[out]', ...codec, name],
        expected: { fileSec: endSec - from },
        maxOutputBytes: 2 ** 32,
      },
    ],
    collect: async (made) => {
      if (!made.names.includes(name) || (await made.sizeOf(name)) === 0) {
        throw new MediaError('SourceFileError.ContentMalformed', 'nothing of the picture could be decoded');
      }
      const container = isWebp ? 'webp' : 'gif';
      return { fileNames: [name], details: { container, startSec, endSec, ...size } };
    },
  };
}
