import { ApiError } from '@vodstack/protocol';
import { isAskingForWork } from '../tasks/assert-supported.ts';
import { type Check, type FieldRules, number, object, oneOf, type Values } from './field-rules.ts';

export const SWITCH: Check = oneOf(0, 1);

/** For what the cloud offers and this server does not: refused, whatever it says, unless it says nothing. */
export const notOffered: Check = (value, { path }) => {
  if (!isAskingForWork(value)) return value;
  throw new ApiError(
    'UnsupportedOperation',
    `The parameter \`${path}\` asks for work that this server does not support.`,
  );
};

const videoCodec: Check = (value, at) =>
  value === 'H.266' ? notOffered(value, at) : oneOf('libx264', 'libx265', 'av1', 'H.266')(value, at);

/** Codes differ between the transcode templates and the adaptive ones. */
interface StreamCodes {
  readonly videoCodec: string;
  readonly videoBitrate: string;
  readonly audioCodec: string;
  readonly audioBitrate: string;
  readonly sampleRate: string;
  readonly channel: string;
}

export function videoRules(codes: StreamCodes): FieldRules {
  return {
    Codec: { check: videoCodec, isRequired: true, code: codes.videoCodec },
    Fps: { check: number(0, 100), isRequired: true },
    Bitrate: {
      check: number(128, 100_000, { orZero: true }),
      isRequired: true,
      code: codes.videoBitrate,
    },
    ResolutionAdaptive: { check: oneOf('open', 'close'), fallback: 'open' },
    Width: { check: number(128, 8192, { orZero: true }), fallback: 0 },
    Height: { check: number(128, 8192, { orZero: true }), fallback: 0 },
    FillType: { check: oneOf('stretch', 'black', 'white', 'gauss'), fallback: 'black' },
    Vcrf: { check: number(1, 51, { orZero: true }), fallback: 0 },
    Gop: { check: number(0, 100_000), fallback: 0 },
    GopUnit: { check: oneOf('frame', 'second'), fallback: 'frame' },
    PreserveHDRSwitch: { check: oneOf('ON', 'OFF'), fallback: 'OFF' },
    CodecTag: { check: oneOf('hvc1', 'hev1', ''), fallback: 'hvc1' },
    Mode: { check: oneOf('VBR', 'ABR', 'CBR', 'VCRF'), fallback: 'VBR' },
    Bframes: { check: number(0, 16), fallback: 0 },
    HlsTime: { check: number(0, 10), fallback: 0 },
    VideoProfile: { check: oneOf('baseline', 'main', 'high', 'default'), fallback: 'default' },
  };
}

export function audioRules(codes: StreamCodes): FieldRules {
  return {
    Codec: {
      check: oneOf('libfdk_aac', 'libmp3lame', 'ac3', 'flac', 'mp2', 'pcm16'),
      isRequired: true,
      code: codes.audioCodec,
    },
    Bitrate: { check: number(26, 256, { orZero: true }), isRequired: true, code: codes.audioBitrate },
    SampleRate: {
      check: oneOf(16_000, 32_000, 44_100, 48_000),
      isRequired: true,
      code: codes.sampleRate,
    },
    AudioChannel: { check: oneOf(0, 1, 2, 6), fallback: 2, code: codes.channel },
  };
}

export const TEHD: Check = object({
  Type: { check: oneOf('TEHD-100', 'OFF', ''), isRequired: true, code: 'TEHDType' },
  MaxVideoBitrate: { check: number(0, 100_000), fallback: 0 },
});

export const NO_TEHD: Values = { Type: 'OFF', MaxVideoBitrate: 0 };
