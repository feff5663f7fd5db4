import { execa } from 'execa';

export interface AnyProbe {
  readonly codec: string | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly fps: number | undefined;
  readonly frames: number;
  readonly keyframes: number;
  readonly audio: string | undefined;
  readonly channels: number | undefined;
  readonly durationSec: number;
}

interface Report {
  readonly streams: {
    codec_type: string;
    codec_name: string;
    width?: number;
    height?: number;
    avg_frame_rate?: string;
    channels?: number;
  }[];
  readonly packets: { codec_type: string; flags: string }[];
  readonly format: { duration?: string };
}

/** What ffprobe says of a result of our own, playlists included. */
export async function probeAny(path: string): Promise<AnyProbe> {
  const show = ['-show_streams', '-show_format', '-show_packets'];
  const { stdout } = await execa('ffprobe', [
    '-v',
    'error',
    '-allowed_extensions',
    'ALL',
    ...show,
    '-of',
    'json',
    path,
  ]).catch(() => execa('ffprobe', ['-v', 'error', ...show, '-of', 'json', path]));
  const report = JSON.parse(stdout) as Report;
  const video = report.streams.find(({ codec_type }) => codec_type === 'video');
  const audio = report.streams.find(({ codec_type }) => codec_type === 'audio');
  const packets = report.packets.filter(({ codec_type }) => codec_type === 'video');
  const [above = 0, below = 1] = (video?.avg_frame_rate ?? '').split('/').map(Number);
  return {
    codec: video?.codec_name,
    width: video?.width,
    height: video?.height,
    fps: video && Math.round((above / below) * 100) / 100,
    frames: packets.length,
    keyframes: packets.filter(({ flags }) => flags.startsWith('K')).length,
    audio: audio?.codec_name,
    channels: audio?.channels,
    durationSec: Number(report.format.duration ?? 0),
  };
}
