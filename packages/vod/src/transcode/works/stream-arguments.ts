import { HALF_FULL_BUFFER } from '../encoder-arguments.ts';
import { MediaError } from '../media-error.ts';
import type { AudioStreamInfo } from '../source-info.ts';
import type { SizeRule } from './frame-size.ts';

/** The video part of a transcode or adaptive template (VideoTemplateInfo). */
export interface VideoRule extends SizeRule {
  readonly Codec?: string | undefined;
  readonly Fps?: number | undefined;
  readonly Bitrate?: number | undefined;
  readonly Vcrf?: number | undefined;
  readonly Gop?: number | undefined;
  readonly GopUnit?: string | undefined;
  readonly Mode?: string | undefined;
  readonly Bframes?: number | undefined;
  readonly VideoProfile?: string | undefined;
  readonly CodecTag?: string | undefined;
  readonly HlsTime?: number | undefined;
  readonly PreserveHDRSwitch?: string | undefined;
}

export interface AudioRule {
  readonly Codec?: string | undefined;
  readonly Bitrate?: number | undefined;
  readonly SampleRate?: number | undefined;
  readonly AudioChannel?: number | undefined;
}

/** 极速高清: fewer bits for what the eye does not miss, made here with a capped constant quality. */
export interface TehdRule {
  readonly Type?: string | undefined;
  readonly MaxVideoBitrate?: number | undefined;
}

export interface StreamOptions {
  readonly encoders: ReadonlySet<string>;
  readonly x264Preset: string;
}

interface VideoStream {
  /** Among the output's video streams. */
  readonly index: number;
  readonly fps: number;
  readonly tehd?: TehdRule | undefined;
  /** The transfer of a picture that stays HDR. */
  readonly hdr?: 'smpte2084' | 'arib-std-b67' | undefined;
}

const DEFAULT_GOP_SEC = 2;

/** Encoder options of one video stream. @throws MediaError when this server cannot encode so */
export function videoStreamArguments(rule: VideoRule, stream: VideoStream, options: StreamOptions): string[] {
  const { index } = stream;
  const gop = gopPictures(rule, stream.fps);
  const scope = (name: string): string => `${name}:v:${index}`;
  const common = [
    scope('-g'),
    String(gop),
    scope('-keyint_min'),
    String(gop),
    ...((rule.Bframes ?? 0) > 0 ? [scope('-bf'), String(rule.Bframes)] : []),
  ];
  switch (rule.Codec || 'libx264') {
    case 'libx264':
    case 'h264':
      return [
        scope('-c'),
        'libx264',
        scope('-preset'),
        options.x264Preset,
        scope('-profile'),
        profileOf(rule),
        scope('-pix_fmt'),
        'yuv420p',
        ...rateArguments(rule, stream, 23),
        ...common,
        scope('-sc_threshold'),
        '0',
        scope('-x264-params'),
        HALF_FULL_BUFFER,
      ];
    case 'libx265':
    case 'h265':
      requireEncoder('libx265', options);
      return [
        scope('-c'),
        'libx265',
        scope('-preset'),
        options.x264Preset,
        scope('-pix_fmt'),
        stream.hdr ? 'yuv420p10le' : 'yuv420p',
        scope('-tag'),
        rule.CodecTag === 'hev1' ? 'hev1' : 'hvc1',
        scope('-x265-params'),
        [
          `log-level=error:scenecut=0:keyint=${gop}:min-keyint=${gop}`,
          HALF_FULL_BUFFER,
          ...hdrParams(stream),
        ].join(':'),
        ...rateArguments(rule, stream, 28),
      ];
    case 'av1':
      return [...av1Arguments(rule, stream, options), ...common];
    default:
      throw unsupported(`video cannot be encoded as ${JSON.stringify(rule.Codec)} here`);
  }
}

function hdrParams({ hdr }: VideoStream): string[] {
  return hdr ? ['colorprim=bt2020', `transfer=${hdr}`, 'colormatrix=bt2020nc', 'repeat-headers=1'] : [];
}

/** The name of the codec, as ffprobe tells it of the result. */
export function codecOf(rule: VideoRule): string {
  if (rule.Codec === 'libx265' || rule.Codec === 'h265') return 'hevc';
  return rule.Codec === 'av1' ? 'av1' : 'h264';
}

function profileOf({ VideoProfile }: VideoRule): string {
  return VideoProfile === 'baseline' || VideoProfile === 'main' ? VideoProfile : 'high';
}

/** Pictures from one keyframe to the next. */
export function gopPictures({ Gop, GopUnit }: VideoRule, fps: number): number {
  if (!Gop) return Math.max(1, Math.round(fps * DEFAULT_GOP_SEC));
  return GopUnit === 'second' ? Math.max(1, Math.round(Gop * fps)) : Gop;
}

/** As the presets: constant quality under the template's rate, with a buffer of one second; an average rate only where the template asks for one. */
function rateArguments(rule: VideoRule, { index, tehd }: VideoStream, defaultCrf: number): string[] {
  const kbps = tehd ? tehd.MaxVideoBitrate || rule.Bitrate || 0 : rule.Bitrate || 0;
  const cap = kbps > 0 ? [`-maxrate:v:${index}`, `${kbps}k`, `-bufsize:v:${index}`, `${kbps}k`] : [];
  if (rule.Vcrf) return [`-crf:v:${index}`, String(rule.Vcrf)];
  if (tehd) return [`-crf:v:${index}`, String(defaultCrf + 1), ...cap];
  if (kbps > 0 && (rule.Mode === 'ABR' || rule.Mode === 'CBR')) {
    const floor = rule.Mode === 'CBR' ? [`-minrate:v:${index}`, `${kbps}k`, ...cap] : [];
    return [`-b:v:${index}`, `${kbps}k`, ...floor];
  }
  return [`-crf:v:${index}`, String(defaultCrf), ...cap];
}

function av1Arguments(rule: VideoRule, { index }: VideoStream, { encoders }: StreamOptions): string[] {
  const rate = rule.Vcrf || !rule.Bitrate ? undefined : `${rule.Bitrate}k`;
  const quality = ['-crf:v:' + index, String(rule.Vcrf || 35)];
  const format = [`-pix_fmt:v:${index}`, 'yuv420p'];
  if (encoders.has('libsvtav1')) {
    const bits = rate ? [`-b:v:${index}`, rate] : quality;
    return [`-c:v:${index}`, 'libsvtav1', `-preset:v:${index}`, '8', ...format, ...bits];
  }
  requireEncoder('libaom-av1', { encoders });
  const bits = rate ? [`-b:v:${index}`, rate] : [...quality, `-b:v:${index}`, '0'];
  return [
    `-c:v:${index}`,
    'libaom-av1',
    `-cpu-used:v:${index}`,
    '6',
    `-row-mt:v:${index}`,
    '1',
    ...format,
    ...bits,
  ];
}

/** What each of the cloud's names is called in ffmpeg. The non-free AAC encoder is replaced by ffmpeg's own. */
const AUDIO_ENCODERS: Readonly<Record<string, string>> = {
  libfdk_aac: 'aac',
  aac: 'aac',
  libmp3lame: 'libmp3lame',
  mp3: 'libmp3lame',
  ac3: 'ac3',
  flac: 'flac',
  mp2: 'mp2',
  pcm16: 'pcm_s16le',
};

/** Encoder options of one audio stream. Gaps and a late start are filled with silence, so that sound and picture both begin at zero. */
export function audioStreamArguments(
  rule: AudioRule,
  stream: { readonly index: number; readonly source: AudioStreamInfo; readonly container: string },
  options: Pick<StreamOptions, 'encoders'>,
): string[] {
  const { index, source, container } = stream;
  return [
    ...audioEncoderArguments(rule, { index, container, channels: source.channels }, options),
    `-filter:a:${index}`,
    'aresample=async=1:first_pts=0',
  ];
}

/** The same without a filter, for what comes out of a `-filter_complex`. */
export function audioEncoderArguments(
  rule: AudioRule,
  stream: { readonly index: number; readonly channels: number; readonly container: string },
  options: Pick<StreamOptions, 'encoders'>,
): string[] {
  const { index, container } = stream;
  const encoder = AUDIO_ENCODERS[rule.Codec || defaultAudioCodec(container)];
  if (encoder === undefined)
    throw unsupported(`sound cannot be encoded as ${JSON.stringify(rule.Codec)} here`);
  requireEncoder(encoder, options);
  const isLossless = encoder === 'flac' || encoder === 'pcm_s16le';
  const channels =
    rule.AudioChannel === 0
      ? Math.min(stream.channels, encoder === 'libmp3lame' ? 2 : 6)
      : rule.AudioChannel || 2;
  return [
    `-c:a:${index}`,
    encoder,
    ...(encoder === 'aac' ? [`-profile:a:${index}`, 'aac_low'] : []),
    ...(rule.Bitrate && !isLossless ? [`-b:a:${index}`, `${rule.Bitrate}k`] : []),
    ...(encoder === 'flac' ? [`-sample_fmt:a:${index}`, 's16'] : []),
    `-ar:a:${index}`,
    String(rule.SampleRate || 44_100),
    `-ac:a:${index}`,
    String(channels),
  ];
}

function defaultAudioCodec(container: string): string {
  const own: Readonly<Record<string, string>> = {
    mp3: 'libmp3lame',
    flac: 'flac',
    ogg: 'flac',
    wav: 'pcm16',
  };
  return own[container] ?? 'aac';
}

function requireEncoder(name: string, { encoders }: Pick<StreamOptions, 'encoders'>): void {
  if (!encoders.has(name)) throw unsupported(`this ffmpeg has no encoder ${name}`);
}

export function unsupported(message: string): MediaError {
  return new MediaError('InvalidInput.ConfigurationUnsupported', message);
}

/** The default track, else the first, of those that a decoder is known for: phones add spatial tracks that ffmpeg cannot read. */
export function pickAudio(streams: readonly AudioStreamInfo[]): AudioStreamInfo | undefined {
  const usable = usableAudio(streams);
  return usable.find((stream) => stream.isDefault) ?? usable[0];
}

export function usableAudio(streams: readonly AudioStreamInfo[]): AudioStreamInfo[] {
  return streams.filter(
    ({ sampleRateHz, channels, codec }) =>
      sampleRateHz > 0 && channels > 0 && codec !== '' && codec !== 'none' && codec !== 'unknown',
  );
}
