import type { PixelSize } from '@vodstack/protocol';
import { MediaError } from '../media-error.ts';
import type { SourceInfo } from '../source-info.ts';
import { fitOf, frameSize, type SizeRule } from './frame-size.ts';
import { lastPictureSec, type PictureSource, prepareFilters, requirePicture } from './picture-source.ts';
import { formatVtt } from './sprite-vtt.ts';
import { unsupported } from './stream-arguments.ts';
import { type DrawnWatermarks, drawWatermarks, type Watermark } from './watermark.ts';
import type { MadeFolder, Work, WorkYield } from './work.ts';

export interface SnapshotOptions {
  readonly definition: number;
  readonly canToneMap: boolean;
  /** Images alone (WatermarkInput); their times mean nothing here. */
  readonly watermarks?: readonly Watermark[] | undefined;
}

interface PictureRule extends SizeRule {
  readonly Format?: string | undefined;
}

interface SampleRule extends PictureRule {
  readonly SampleType: string;
  readonly SampleInterval: number;
}

/** Where a picture is taken: seconds (negative: from the end) or percent of the duration. */
export type PicturePosition = { readonly sec: number } | { readonly percent: number };

const MAX_IMAGE_BYTES = 256 * 2 ** 20;
/** Ours: what one sub-task may make. */
const MAX_SAMPLES = 10_000;

/** One picture for the cover. */
export function planCover(
  info: SourceInfo,
  template: PictureRule,
  position: PicturePosition,
  options: SnapshotOptions,
): Work {
  const source = requirePicture(info);
  const name = `coverBySnapshot_${options.definition}_0.${extensionOf(template)}`;
  const run = pictureRun(source, template, { atSec: toSec(source, position), name, ...options });
  return {
    runs: [run],
    inputs: markFiles(source, template, options),
    collect: (made) => collectPictures(made, [name], {}),
  };
}

/** One picture for each position, in their order. */
export function planSnapshots(
  info: SourceInfo,
  template: PictureRule,
  positions: readonly PicturePosition[],
  options: SnapshotOptions,
): Work {
  const source = requirePicture(info);
  if (positions.length === 0) {
    throw new MediaError('InvalidInput.InvalidTimeOffset', 'no time is given at which to take a picture');
  }
  const pictures = positions.map((position, i) => ({
    atSec: toSec(source, position),
    name: `snapshotByTimeOffset_${options.definition}_${i}.${extensionOf(template)}`,
  }));
  return {
    runs: pictures.map((picture) => pictureRun(source, template, { ...picture, ...options })),
    inputs: markFiles(source, template, options),
    collect: (made) =>
      collectPictures(
        made,
        pictures.map(({ name }) => name),
        {
          pictures: pictures.map(({ atSec, name }) => ({ name, timeOffsetMs: Math.round(atSec * 1000) })),
          ...markDetails(options),
        },
      ),
  };
}

/** Pictures at even intervals, the first one at the beginning. */
export function planSamples(info: SourceInfo, template: SampleRule, options: SnapshotOptions): Work {
  const source = requirePicture(info);
  const intervalSec = sampleInterval(source, template);
  const size = frameSize(source.display, template);
  const stem = `sampleSnapshot_${options.definition}_`;
  const fit = fitOf(source.display, size, template);
  const output = { pattern: `${stem}%d.${extensionOf(template)}`, format: template.Format };
  return {
    ...sheetRuns(source, { intervalSec, filters: [fit], minSize: size, ...options }, output),
    inputs: markFiles(source, template, options),
    collect: (made) => {
      const names = made.names.filter((name) => name.startsWith(stem));
      return collectPictures(made, names, {
        names,
        sampleType: template.SampleType === 'Time' ? 'Time' : 'Percent',
        interval: template.SampleInterval,
        ...markDetails(options),
      });
    },
  };
}

/** Sheets of small pictures at even intervals, and a WebVTT file that says which is where. */
export function planSprites(
  info: SourceInfo,
  template: SampleRule & { readonly RowCount: number; readonly ColumnCount: number },
  options: SnapshotOptions,
): Work {
  const source = requirePicture(info);
  const intervalSec = sampleInterval(source, template);
  const tile = frameSize(source.display, template);
  const { ColumnCount: columns, RowCount: rows } = template;
  const stem = `imageSprite_${options.definition}_`;
  const vttName = `imageSprite_${options.definition}.vtt`;
  const filters = [fitOf(source.display, tile, template), `tile=${columns}x${rows}`];
  const output = { pattern: `${stem}%d.${extensionOf(template)}`, format: template.Format };
  return {
    ...sheetRuns(source, { intervalSec, filters, minSize: tile, ...options }, output),
    collect: async (made) => {
      const names = made.names.filter((name) => name.startsWith(stem));
      const wanted = Math.floor(lastPictureSec(source) / intervalSec + 1e-6) + 1;
      const totalCount = Math.min(wanted, names.length * columns * rows);
      const sheet = { names, columns, rows, tile, totalCount, intervalSec, durationSec: source.durationSec };
      await made.writeText(vttName, formatVtt(sheet));
      const found = await collectPictures(made, names, {
        names,
        vttName,
        totalCount,
        width: tile.width,
        height: tile.height,
      });
      return { ...found, fileNames: [...found.fileNames, vttName] };
    },
  };
}

function pictureRun(
  source: PictureSource,
  template: PictureRule,
  picture: SnapshotOptions & { atSec: number; name: string },
): Work['runs'][number] {
  const size = frameSize(source.display, template);
  const marks = drawMarks(picture.watermarks, size);
  const filters = [...prepareFilters(source, picture.canToneMap), fitOf(source.display, size, template)];
  return {
    inputArgs: ['-ss', picture.atSec.toFixed(3)],
    ffmpegArgs: [
      ...marks.inputArgs,
      '-filter_complex',
      [`[0:${source.video.index}]${filters.join(',')}[out]`, ...marks.chains].join(';'),
      '-map',
      `[${marks.label}]`,
      '-frames:v',
      '1',
      ...imageCodec(template.Format),
      '-f',
      'image2',
      '-update',
      '1',
      picture.name,
    ],
    expected: { fileSec: 1 },
    maxOutputBytes: MAX_IMAGE_BYTES,
  };
}

/** Over the picture under `[out]`. @throws MediaError for what is no image: the cloud draws nothing else upon pictures */
function drawMarks(watermarks: readonly Watermark[] = [], frame: PixelSize): DrawnWatermarks {
  const odd = watermarks.find(({ image }) => image === undefined);
  if (odd) throw unsupported(`watermark ${odd.definition} is no image: a picture bears nothing else`);
  const still = watermarks.map((mark) => ({
    ...mark,
    startSec: 0,
    endSec: 0,
    // One picture has no time for a film.
    ...(mark.image ? { image: { ...mark.image, repeatType: 'once' } } : {}),
  }));
  const skills = { canDrawText: false, canDrawSvg: false };
  return drawWatermarks(still, { from: 'out', frame, durationSec: 0 }, skills);
}

function markFiles(
  source: PictureSource,
  template: PictureRule,
  { watermarks }: SnapshotOptions,
): Readonly<Record<string, string | Buffer>> {
  return drawMarks(watermarks, frameSize(source.display, template)).files;
}

function markDetails({ watermarks = [] }: SnapshotOptions): { watermarks?: number[] } {
  return watermarks.length > 0 ? { watermarks: watermarks.map(({ definition }) => definition) } : {};
}

interface Sampling {
  readonly intervalSec: number;
  /** What is done with each picture. */
  readonly filters: readonly string[];
  readonly minSize: PixelSize;
  readonly canToneMap: boolean;
  readonly watermarks?: readonly Watermark[] | undefined;
}

interface SheetOutput {
  readonly pattern: string;
  readonly format: string | undefined;
}

function sheetRuns(
  source: PictureSource,
  { intervalSec, filters, minSize, canToneMap, watermarks }: Sampling,
  output: SheetOutput,
): Pick<Work, 'runs' | 'fromRendition'> {
  const limits = { expected: { fileSec: source.durationSec }, maxOutputBytes: MAX_IMAGE_BYTES };
  const pick = pickFilters(intervalSec);
  const marks = drawMarks(watermarks, minSize);
  const ofSource = [...pick, ...prepareFilters(source, canToneMap), ...filters];
  return {
    runs: [
      { ffmpegArgs: sheetArguments(`0:${source.video.index}`, ofSource, { ...output, marks }), ...limits },
    ],
    fromRendition: {
      minSize,
      run: (rendition) => ({
        files: [
          {
            file: rendition.fileName,
            // Keyframes alone are decoded where each of the times is one: a nineteenth of the work.
            inputArgs: isMultiple(intervalSec, rendition.gopSec) ? ['-skip_frame', 'nokey'] : [],
          },
        ],
        ffmpegArgs: sheetArguments('0:v:0', [...pick, ...filters], { ...output, marks }),
        ...limits,
      }),
    },
  };
}

function isMultiple(value: number, unit: number): boolean {
  const times = value / unit;
  return Math.round(times) >= 1 && Math.abs(times - Math.round(times)) < 1e-9;
}

function sheetArguments(
  stream: string,
  filters: readonly string[],
  output: SheetOutput & { readonly marks: DrawnWatermarks },
): string[] {
  const { marks } = output;
  return [
    ...marks.inputArgs,
    '-filter_complex',
    [`[${stream}]${filters.join(',')}[out]`, ...marks.chains].join(';'),
    '-map',
    `[${marks.label}]`,
    '-vsync',
    'passthrough',
    '-frames:v',
    String(MAX_SAMPLES),
    ...imageCodec(output.format),
    '-f',
    'image2',
    '-start_number',
    '0',
    output.pattern,
  ];
}

/** The first picture at or after each multiple of the interval: exact, whatever the frame rate. */
function pickFilters(intervalSec: number): string[] {
  const interval = intervalSec.toFixed(6);
  return ['setpts=PTS-STARTPTS', String.raw`select=gte(t+0.0005\,selected_n*${interval})`];
}

function sampleInterval(source: PictureSource, { SampleType, SampleInterval }: SampleRule): number {
  const seconds = SampleType === 'Time' ? SampleInterval : (source.durationSec * SampleInterval) / 100;
  if (seconds > 0) return seconds;
  throw new MediaError('InvalidInput', `the interval between samples must be above 0, got ${SampleInterval}`);
}

/** Behind the end there is no picture: the last one stands for it. */
function toSec(source: PictureSource, position: PicturePosition): number {
  const sec = 'sec' in position ? position.sec : (source.durationSec * position.percent) / 100;
  return Math.min(lastPictureSec(source), Math.max(0, sec < 0 ? source.durationSec + sec : sec));
}

async function collectPictures(
  made: MadeFolder,
  names: readonly string[],
  details: WorkYield['details'],
): Promise<WorkYield> {
  const missing = names.find((name) => !made.names.includes(name));
  if (names.length === 0 || missing !== undefined) {
    throw new MediaError('SourceFileError.ContentMalformed', 'nothing of the picture could be decoded');
  }
  return { fileNames: names, details };
}

function extensionOf({ Format }: PictureRule): string {
  return Format === 'png' || Format === 'webp' ? Format : 'jpg';
}

function imageCodec(format: string | undefined): string[] {
  if (format === 'png') return ['-c:v', 'png', '-pix_fmt', 'rgb24'];
  if (format === 'webp') return ['-c:v', 'libwebp', '-quality', '80', '-pix_fmt', 'yuv420p'];
  return ['-c:v', 'mjpeg', '-q:v', '3', '-pix_fmt', 'yuvj420p'];
}
