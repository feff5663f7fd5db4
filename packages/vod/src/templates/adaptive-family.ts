import { type Check, isValues, list, number, object, oneOf, refuse, text } from './field-rules.ts';
import { audioRules, notOffered, SWITCH, TEHD, videoRules } from './stream-rules.ts';
import { defineTemplateFamily, type TemplateFamily } from './template-family.ts';

const MAX_STREAMS = 10;

const codes = {
  videoCodec: 'Codec',
  videoBitrate: 'Bitrate',
  audioCodec: 'Codec',
  audioBitrate: 'Bitrate',
  sampleRate: 'SampleRate',
  channel: 'SoundSystem',
};

/** Widevine and FairPlay need a key service. */
const drmType: Check = (value, at) =>
  value === 'Widevine' || value === 'FairPlay' || value === 'Widevine+FairPlay'
    ? notOffered(value, at)
    : oneOf('', 'SimpleAES')(value, at);

/** What a manifest of each format can list; the short names stand for the first that fits. */
const SEGMENT_TYPES: Readonly<Record<string, readonly string[]>> = {
  HLS: [
    'ts-segment',
    'ts-byterange',
    'mp4-segment',
    'mp4-byterange',
    'ts-packed-audio',
    'mp4-packed-audio',
    'ts-ts-segment',
    'ts-ts-byterange',
    'mp4-mp4-segment',
    'mp4-mp4-byterange',
    'ts-packed-audio-byterange',
    'mp4-packed-audio-byterange',
  ],
  'MPEG-DASH': ['mp4-mp4-byterange'],
};

function toSegmentType(format: string, segmentType: string): string {
  const allowed = SEGMENT_TYPES[format] ?? [];
  if (segmentType === '') return allowed[0] ?? '';
  if (segmentType === 'ts' && format === 'HLS') return 'ts-segment';
  if (segmentType === 'mp4') return format === 'HLS' ? 'mp4-mp4-segment' : 'mp4-mp4-byterange';
  if (allowed.includes(segmentType)) return segmentType;
  throw refuse(
    { code: 'SegmentType', path: 'SegmentType' },
    `must be one of ${allowed.join(', ')} for ${format}, got ${JSON.stringify(segmentType.slice(0, 40))}.`,
  );
}

export const adaptiveFamily: TemplateFamily<'AdaptiveDynamicStreaming'> = defineTemplateFamily({
  kind: 'AdaptiveDynamicStreaming',
  noun: 'AdaptiveDynamicStreamingTemplate',
  quota: 100,
  unsupported: ['DrmEncryptType', 'DrmKeyProvider', 'StreamInfos.EnhanceConfig', 'StreamInfos.StdExtInfo'],
  rules: {
    Format: { check: oneOf('HLS', 'MPEG-DASH'), isRequired: true },
    DrmType: { check: drmType, fallback: '' },
    DrmKeyProvider: { check: oneOf('VOD', 'SDMC', ''), fallback: '' },
    DrmEncryptType: { check: oneOf('cbcs', 'cenc', ''), fallback: '' },
    StreamInfos: {
      check: list(
        {
          Video: { check: object(videoRules(codes)), isRequired: true },
          Audio: { check: object(audioRules(codes)), isRequired: true },
          RemoveAudio: { check: SWITCH, fallback: 0 },
          RemoveVideo: { check: SWITCH, fallback: 0 },
          TEHDConfig: { check: TEHD },
          EnhanceConfig: { check: notOffered },
        },
        MAX_STREAMS,
      ),
      isRequired: true,
    },
    DisableHigherVideoBitrate: { check: SWITCH, fallback: 0 },
    DisableHigherVideoResolution: { check: SWITCH, fallback: 0 },
    SegmentType: { check: text(40), fallback: '' },
    SegmentDuration: { check: number(1, 10), fallback: 6 },
  },
  complete(parameters) {
    const format = String(parameters['Format']);
    if (parameters['DrmType'] !== '' && format !== 'HLS') {
      throw refuse({ code: 'DrmType', path: 'DrmType' }, `may be SimpleAES for HLS only, not for ${format}.`);
    }
    const streams: readonly unknown[] = Array.isArray(parameters['StreamInfos'])
      ? parameters['StreamInfos']
      : [];
    for (const [index, stream] of streams.entries()) assertStream(stream, index);
    return { ...parameters, SegmentType: toSegmentType(format, String(parameters['SegmentType'])) };
  },
});

function assertStream(stream: unknown, index: number): void {
  if (!isValues(stream)) return;
  const path = `StreamInfos.${index}.`;
  if (stream['RemoveAudio'] === 1 && stream['RemoveVideo'] === 1) {
    throw refuse(
      { code: 'RemoveAudio', path: `${path}RemoveAudio` },
      'must be 0 when there is no video either.',
    );
  }
  const { Video: video, Audio: audio } = stream;
  if (isValues(video) && video['Codec'] === 'av1') {
    throw refuse({ code: 'Codec', path: `${path}Video.Codec` }, 'must be libx264 or libx265, got av1.');
  }
  if (isValues(audio) && audio['Codec'] !== 'libfdk_aac') {
    throw refuse({ code: 'Codec', path: `${path}Audio.Codec` }, 'must be libfdk_aac.');
  }
}
