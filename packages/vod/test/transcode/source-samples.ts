import type {
  AudioStreamInfo,
  MediaTools,
  RenditionSpec,
  SourceInfo,
  VideoStreamInfo,
} from '../../src/transcode/index.ts';

const video: VideoStreamInfo = {
  index: 0,
  codec: 'h264',
  codecTag: 'avc1',
  profile: 'High',
  pixelFormat: 'yuv420p',
  width: 1920,
  height: 1080,
  sampleAspect: 1,
  fps: 24_000 / 1001,
  bitrateBps: 8_000_000,
  startSec: 0,
  durationSec: 60,
  isDurationExact: true,
  frameCount: 1438,
  transfer: '',
  primaries: '',
  matrix: '',
  isInterlaced: false,
};

const audio: AudioStreamInfo = {
  index: 1,
  codec: 'aac',
  bitrateBps: 128_000,
  sampleRateHz: 48_000,
  channels: 2,
  durationSec: 60,
  isDefault: true,
};

/** A minute of 1080p H.264 with stereo sound; anything can be different. */
export function sampleSource(changes: Partial<SourceInfo> = {}): SourceInfo {
  return {
    container: 'mov,mp4,m4a,3gp,3g2,mj2',
    sizeBytes: 60_960_000,
    bitrateBps: 8_128_000,
    durationSec: 60,
    rotation: 0,
    display: { width: 1920, height: 1080 },
    video,
    audio: [audio],
    ...changes,
  };
}

export function sampleVideo(changes: Partial<VideoStreamInfo> = {}): VideoStreamInfo {
  return { ...video, ...changes };
}

export function sampleAudio(changes: Partial<AudioStreamInfo> = {}): AudioStreamInfo {
  return { ...audio, ...changes };
}

const LADDER = new Map([
  [100010, { shortSide: 360, bitrateKbps: 400, audioKbps: 64 }],
  [100020, { shortSide: 540, bitrateKbps: 1000, audioKbps: 64 }],
  [100030, { shortSide: 720, bitrateKbps: 1800, audioKbps: 128 }],
]);

/** A preset of the documented table as the engine takes it. */
export function spec(definition: number): RenditionSpec {
  const row = LADDER.get(definition);
  if (row === undefined) throw new Error(`no sample of ${definition}`);
  return {
    definition,
    container: 'mp4',
    video: { shortSide: row.shortSide, bitrateKbps: row.bitrateKbps, fps: 25 },
    audio: { bitrateKbps: row.audioKbps, sampleRateHz: 44_100, channels: 2 },
  };
}

/** What Debian's ffmpeg can do, for plans that nobody runs. */
export const sampleTools: MediaTools = {
  ffmpegPath: '/opt/ffmpeg',
  ffprobePath: '/opt/ffprobe',
  version: '5.1',
  hasStatsPeriod: true,
  canToneMap: true,
  canDrawText: true,
  canDrawSvg: true,
  encoders: new Set(['libx264', 'libx265', 'aac', 'libmp3lame']),
  sandbox: { layers: [], wrap: (command) => [...command] },
  environment: {},
};
