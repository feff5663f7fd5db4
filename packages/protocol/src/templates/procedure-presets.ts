import type { MediaProcessTaskInput } from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_models.js';

export interface PresetProcedure {
  readonly name: string;
  readonly comment: string;
  readonly mediaProcessTask: MediaProcessTaskInput;
}

function playable(name: string, comment: string, definitions: readonly number[]): PresetProcedure {
  return {
    name,
    comment,
    mediaProcessTask: {
      ImageSpriteTaskSet: [{ Definition: 10 }],
      CoverBySnapshotTaskSet: [{ Definition: 10, PositionType: 'Time', PositionValue: 0 }],
      AdaptiveDynamicStreamingTaskSet: definitions.map((Definition) => ({ Definition })),
    },
  };
}

/** The procedures that every application has (player guides, 266/73209). */
export const presetProcedures: readonly PresetProcedure[] = [
  playable('LongVideoPreset', 'Adaptive HLS, a cover and sprites', [10]),
  playable('SimpleAesEncryptPreset', 'Encrypted adaptive HLS, a cover and sprites', [12]),
  playable('WidevineFairPlayPreset', 'Adaptive streams with DRM, a cover and sprites', [11, 13]),
];

export function findPresetProcedure(name: string): PresetProcedure | undefined {
  return presetProcedures.find((procedure) => procedure.name === name);
}
