import { missingParameter } from '@vodstack/protocol';
import { isValues, object, oneOf, refuse, type Values } from './field-rules.ts';
import { audioRules, NO_TEHD, notOffered, SWITCH, TEHD, videoRules } from './stream-rules.ts';
import { defineTemplateFamily, type TemplateFamily } from './template-family.ts';

const codes = {
  videoCodec: 'VideoCodec',
  videoBitrate: 'VideoBitrate',
  audioCodec: 'AudioCodec',
  audioBitrate: 'AudioBitrate',
  sampleRate: 'AudioSampleRate',
  channel: 'AudioChannel',
};

/** What each container can hold of the audio codecs (AudioTemplateInfo). */
const AUDIO_CODECS: Readonly<Record<string, readonly string[]>> = {
  mp4: ['libfdk_aac', 'libmp3lame', 'mp2'],
  flv: ['libfdk_aac', 'libmp3lame', 'mp2'],
  hls: ['libfdk_aac'],
  mp3: ['libmp3lame'],
  flac: ['flac'],
  ogg: ['flac'],
  m4a: ['libfdk_aac', 'libmp3lame', 'ac3'],
  wav: ['pcm16'],
};
const VIDEO_CONTAINERS: readonly string[] = ['mp4', 'flv', 'hls'];

export const transcodeFamily: TemplateFamily<'Transcode'> = defineTemplateFamily({
  kind: 'Transcode',
  noun: 'TranscodeTemplate',
  quota: 100,
  unsupported: ['EnhanceConfig', 'StdExtInfo'],
  rules: {
    Container: { check: oneOf(...Object.keys(AUDIO_CODECS)), isRequired: true },
    RemoveVideo: { check: SWITCH, fallback: 0 },
    RemoveAudio: { check: SWITCH, fallback: 0 },
    VideoTemplate: { check: object(videoRules(codes)) },
    AudioTemplate: { check: object(audioRules(codes)) },
    TEHDConfig: { check: TEHD, fallback: NO_TEHD },
    EnhanceConfig: { check: notOffered },
    SegmentType: { check: oneOf('ts', 'fmp4', '') },
  },
  complete({ EnhanceConfig: _, ...parameters }) {
    const container = String(parameters['Container']);
    const isPureAudio = !VIDEO_CONTAINERS.includes(container);
    const removeVideo = isPureAudio ? 1 : Number(parameters['RemoveVideo']);
    const { VideoTemplate: video, AudioTemplate: audio, SegmentType: segmentType, ...others } = parameters;
    if (removeVideo === 1 && parameters['RemoveAudio'] === 1) {
      throw refuse({ code: 'RemoveAudio', path: 'RemoveAudio' }, 'must be 0 when there is no video either.');
    }
    return {
      ...others,
      RemoveVideo: removeVideo,
      ...(removeVideo === 0 ? { VideoTemplate: checkVideo(container, video) } : {}),
      ...(parameters['RemoveAudio'] === 0 ? { AudioTemplate: checkAudio(container, audio) } : {}),
      ...(container === 'hls' ? { SegmentType: segmentType || 'ts' } : {}),
      ContainerType: isPureAudio ? 'PureAudio' : 'Video',
    };
  },
});

function checkVideo(container: string, video: unknown): Values {
  if (!isValues(video)) throw missingParameter('VideoTemplate');
  if (video['Codec'] === 'av1' && container !== 'mp4') {
    throw refuse(
      { code: 'VideoCodec', path: 'VideoTemplate.Codec' },
      `may be av1 in mp4 only, not in ${container}.`,
    );
  }
  return video;
}

function checkAudio(container: string, audio: unknown): Values {
  if (!isValues(audio)) throw missingParameter('AudioTemplate');
  const allowed = AUDIO_CODECS[container] ?? [];
  const codec = String(audio['Codec']);
  if (!allowed.includes(codec)) {
    throw refuse(
      { code: 'AudioCodec', path: 'AudioTemplate.Codec' },
      `must be ${allowed.join(' or ')} in ${container}, got ${codec}.`,
    );
  }
  if (audio['SampleRate'] === 16_000 && codec !== 'pcm16') {
    throw refuse(
      { code: 'AudioSampleRate', path: 'AudioTemplate.SampleRate' },
      'may be 16000 for pcm16 only.',
    );
  }
  if (audio['AudioChannel'] === 6 && !VIDEO_CONTAINERS.includes(container)) {
    throw refuse(
      { code: 'AudioChannel', path: 'AudioTemplate.AudioChannel' },
      `must be 0, 1 or 2 in ${container}, got 6.`,
    );
  }
  return audio;
}
