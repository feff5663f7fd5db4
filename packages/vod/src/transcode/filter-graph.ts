import type { PixelSize } from '@vodstack/protocol';
import type { SourceInfo, VideoStreamInfo } from './source-info.ts';

export interface GraphOutput extends PixelSize {
  /** Label of the finished picture, without brackets. */
  readonly label: string;
  readonly fps: number;
}

export interface GraphOptions {
  readonly canToneMap: boolean;
  /** Seconds at the beginning that are decoded and left out. */
  readonly leadSec?: number | undefined;
}

/**
 * The picture's way from one decoder to every rendition: `-filter_complex` text made of numbers and our own labels only.
 *
 * The frame rate comes first, so that no dropped frame is ever scaled. Renditions smaller than the source form a cascade, each scaled from the
 * next larger one (1.12 of the physical limit in CPU where separate scalers take 1.22); larger ones come straight from the source, or
 * the smaller ones would be scaled up and down again.
 */
export function buildFilterGraph(
  source: SourceInfo & { readonly video: VideoStreamInfo; readonly display: PixelSize },
  outputs: readonly GraphOutput[],
  options: GraphOptions,
): string {
  const groups = [...Map.groupBy(outputs, (output) => output.fps)];
  const entry = `[0:${source.video.index}]`;
  const deinterlace = source.video.isInterlaced ? ['bwdif=mode=send_frame:deint=interlaced'] : [];
  const isShared = groups.length > 1;
  const labels = groups.map((_, group) => `rate${group}`);
  const head = isShared ? [`${entry}${[...deinterlace, split(labels)].join(',')}${brackets(labels)}`] : [];
  const chains = groups.flatMap(([fps, members], group) => {
    const start = isShared ? `[rate${group}]` : entry;
    // start_time=0: a picture that begins late is filled from the front, and never depends on a player's edit lists.
    const rate = options.leadSec
      ? `fps=${fps}:start_time=${options.leadSec},setpts=PTS-STARTPTS`
      : `fps=${fps}:start_time=0`;
    const filters = isShared ? [rate] : [...deinterlace, rate];
    return buildGroup({ source, start, filters, group, ...options }, members);
  });
  return [...head, ...chains].join(';');
}

interface GroupContext extends GraphOptions {
  readonly source: { readonly video: VideoStreamInfo; readonly display: PixelSize };
  readonly start: string;
  readonly filters: readonly string[];
  readonly group: number;
}

function buildGroup(context: GroupContext, members: readonly GraphOutput[]): string[] {
  const sorted = members.toSorted((a, b) => b.width * b.height - a.width * a.height);
  const head = headStage(context, sorted);
  const upscaled = sorted.filter((output) => area(output) > area(head.size));
  const cascade = sorted.filter((output) => area(output) <= area(head.size));
  const branches = [
    ...upscaled.map((output, i) => ({ label: `up${context.group}_${i}`, output })),
    ...(cascade.length > 0 ? [{ label: stepLabel(context.group, 0), output: undefined }] : []),
  ];
  const labels = branches.map((branch) => branch.label);
  const filters = [...context.filters, ...head.filters, ...(labels.length > 1 ? [split(labels)] : [])];
  return [
    `${context.start}${filters.join(',')}${brackets(labels)}`,
    ...branches.flatMap(({ label, output }) =>
      output === undefined ? [] : [`[${label}]${scaleTo(output)}[${output.label}]`],
    ),
    ...buildCascade(context.group, cascade),
  ];
}

/** What all renditions of a group share. HDR is scaled to the largest rendition before tone-mapping, which costs by the pixel. */
function headStage(
  context: GroupContext,
  sorted: readonly GraphOutput[],
): { size: PixelSize; filters: readonly string[] } {
  const { video, display } = context.source;
  const [largest] = sorted;
  if (largest === undefined || !context.canToneMap || !isHdr(video)) return { size: display, filters: [] };
  if (area(largest) >= area(display)) return { size: display, filters: [toneMap(video)] };
  return { size: largest, filters: [`scale=${largest.width}:${largest.height}`, toneMap(video)] };
}

function buildCascade(group: number, cascade: readonly GraphOutput[]): string[] {
  return cascade.map((output, step) => {
    const from = stepLabel(group, step);
    if (step === cascade.length - 1) return `[${from}]${scaleTo(output)}[${output.label}]`;
    const next = [output.label, stepLabel(group, step + 1)];
    return `[${from}]${scaleTo(output)},${split(next)}${brackets(next)}`;
  });
}

function stepLabel(group: number, step: number): string {
  return `step${group}_${step}`;
}

/** Explicit sizes and square pixels; the pixel format is converted in the same pass of the scaler (bicubic: the faster ones cost 5 to 22 VMAF). */
function scaleTo(size: PixelSize): string {
  return `scale=${size.width}:${size.height}:flags=bicubic,format=yuv420p,setsar=1`;
}

function split(labels: readonly string[]): string {
  return `split=${labels.length}`;
}

function brackets(labels: readonly string[]): string {
  return labels.map((label) => `[${label}]`).join('');
}

function area(size: PixelSize): number {
  return size.width * size.height;
}

export function isHdr(video: VideoStreamInfo): boolean {
  return video.transfer === 'smpte2084' || video.transfer === 'arib-std-b67';
}

/**
 * PQ or HLG to BT.709. The input's properties are spelt out: zscale refuses frames without them, and many files have only the transfer.
 * Names from the file are compared, never copied: what is not BT.709 is taken for BT.2020, as the HDR standards have it.
 */
export function toneMap(video: VideoStreamInfo): string {
  const matrix = video.matrix === 'bt709' ? 'bt709' : 'bt2020nc';
  const primaries = video.primaries === 'bt709' ? 'bt709' : 'bt2020';
  const transfer = video.transfer === 'smpte2084' ? 'smpte2084' : 'arib-std-b67';
  return [
    `zscale=tin=${transfer}:min=${matrix}:pin=${primaries}:t=linear:npl=100`,
    'format=gbrpf32le',
    'zscale=p=bt709',
    'tonemap=hable:desat=0',
    'zscale=t=bt709:m=bt709:r=tv',
    'format=yuv420p',
  ].join(',');
}
