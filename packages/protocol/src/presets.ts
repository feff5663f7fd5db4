// Preset transcode templates: https://cloud.tencent.com/document/product/266/33476 (current MP4 presets).

export interface TranscodePreset {
  /** Template id, as in ProcessMedia's `Definition`. */
  definition: number;
  name: string;
  container: 'mp4';
  video: {
    codec: 'libx264';
    /** Length of the shorter side in pixels; the longer one follows from the source's aspect ratio. */
    shortSide: number;
    /** Upper limit; real renditions of simple sources stay far below. */
    bitrateKbps: number;
    /** Also for sources with other rates. */
    fps: 25;
  };
  audio: { codec: 'aac'; bitrateKbps: number; sampleRateHz: 44100; channels: 2 };
}

type PresetRow = readonly [
  definition: number,
  level: string,
  shortSide: number,
  videoKbps: number,
  audioKbps: number,
];

const rows: readonly PresetRow[] = [
  [100010, 'FLU', 360, 400, 64],
  [100020, 'SD', 540, 1000, 64],
  [100030, 'HD', 720, 1800, 128],
  [100040, 'FHD', 1080, 2500, 128],
  [100070, '2K', 1440, 3000, 160],
  [100080, '4K', 2160, 6000, 160],
];

function toPreset([definition, level, shortSide, videoKbps, audioKbps]: PresetRow): TranscodePreset {
  return {
    definition,
    name: `MP4-${level}`,
    container: 'mp4',
    video: { codec: 'libx264', shortSide, bitrateKbps: videoKbps, fps: 25 },
    audio: { codec: 'aac', bitrateKbps: audioKbps, sampleRateHz: 44_100, channels: 2 },
  };
}

/** The MP4 presets by ascending definition. */
export const transcodePresets: readonly TranscodePreset[] = rows.map(toPreset);

const presetsByDefinition: ReadonlyMap<number, TranscodePreset> = new Map(
  transcodePresets.map((preset) => [preset.definition, preset]),
);

export function findTranscodePreset(definition: number): TranscodePreset | undefined {
  return presetsByDefinition.get(definition);
}

/** The file name of a rendition, e.g. `v.f100010.mp4`. */
export function renditionFileName({
  definition,
  container,
}: Pick<TranscodePreset, 'definition' | 'container'>): string {
  return `v.f${definition}.${container}`;
}

export interface PixelSize {
  width: number;
  height: number;
}

/** H.264 in 4:2:0 has half as many chroma samples per side, so that sides are even. */
function floorToEven(value: number): number {
  return Math.max(2, Math.floor(value / 2) * 2);
}

/**
 * The size of a rendition: the shorter side becomes `shortSide`, also when that enlarges the source (the cloud does),
 * the longer one keeps the aspect ratio, floored to an even number (measured: 544×960 at 540 gives 540×952).
 * @param display size as shown: after rotation and with square pixels; whole numbers above 0
 * @param shortSide even number of pixels
 * @throws RangeError on any other number
 */
export function renditionSize(display: PixelSize, shortSide: number): PixelSize {
  const { width, height } = display;
  for (const side of [width, height, shortSide]) {
    if (!Number.isSafeInteger(side) || side < 1) {
      throw new RangeError(`a side must be a whole number of pixels above 0, got ${side}`);
    }
  }
  const short = floorToEven(shortSide);
  const long = floorToEven((Math.max(width, height) * shortSide) / Math.min(width, height));
  return width < height ? { width: short, height: long } : { width: long, height: short };
}
