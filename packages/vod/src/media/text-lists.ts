import { ApiError, invalidParameterValue } from '@vodstack/protocol';
import type { KeyFrame } from '../tables.ts';
import { countCharacters } from '../count-characters.ts';

const MAX_TAGS = 16;
const MAX_TAG = 32;
const MAX_KEY_FRAMES = 100;
const MAX_CONTENT = 128;

export interface TagChanges {
  readonly add: readonly string[];
  readonly remove: readonly string[];
  readonly isCleared: boolean;
}

/** @throws ApiError for conflicts and limits, each with its documented code */
export function changeTags(tags: readonly string[], { add, remove, isCleared }: TagChanges): string[] {
  if (add.length > 0 && isCleared) throw conflict('AddTags', 'ClearTags');
  const both = add.find((tag) => remove.includes(tag));
  if (both !== undefined) throw conflict('AddTags', 'DeleteTags');
  for (const tag of add) {
    if (tag.length >= 1 && countCharacters(tag) <= MAX_TAG) continue;
    throw new ApiError(
      'InvalidParameterValue.TagTooLong',
      `A tag must have 1 to ${MAX_TAG} characters, got ${countCharacters(tag)}.`,
    );
  }
  const kept = isCleared ? [] : tags.filter((tag) => !remove.includes(tag));
  const result = [...new Set([...kept, ...add])];
  if (result.length <= MAX_TAGS) return result;
  throw new ApiError(
    'LimitExceeded.TagCountReachMax',
    `A media may have ${MAX_TAGS} tags at most; it would have ${result.length}.`,
  );
}

export interface KeyFrameChanges {
  readonly add: readonly KeyFrame[];
  readonly removeAtSec: readonly number[];
  readonly isCleared: boolean;
}

/** The same for key-frame descriptions; one that is added at a moment that has one replaces it. */
export function changeKeyFrames(
  frames: readonly KeyFrame[],
  { add, removeAtSec, isCleared }: KeyFrameChanges,
): KeyFrame[] {
  if (add.length > 0 && isCleared) throw conflict('AddKeyFrameDescs', 'ClearKeyFrameDescs');
  if (add.some(({ timeOffsetSec }) => removeAtSec.includes(timeOffsetSec))) {
    throw conflict('AddKeyFrameDescs', 'DeleteKeyFrameDescs');
  }
  for (const { content, timeOffsetSec } of add) {
    if (!(timeOffsetSec >= 0)) {
      throw invalidParameterValue('AddKeyFrameDescs', `must have times from 0 on, got ${timeOffsetSec}.`);
    }
    if (content.length >= 1 && countCharacters(content) <= MAX_CONTENT) continue;
    throw new ApiError(
      'InvalidParameterValue.KeyFrameDescContentTooLong',
      `A key-frame description must have 1 to ${MAX_CONTENT} characters, got ${countCharacters(content)}.`,
    );
  }
  const byTime = new Map(
    (isCleared ? [] : frames)
      .filter(({ timeOffsetSec }) => !removeAtSec.includes(timeOffsetSec))
      .map((frame) => [frame.timeOffsetSec, frame]),
  );
  for (const frame of add) byTime.set(frame.timeOffsetSec, frame);
  if (byTime.size > MAX_KEY_FRAMES) {
    throw new ApiError(
      'LimitExceeded.KeyFrameDescCountReachMax',
      `A media may have ${MAX_KEY_FRAMES} key-frame descriptions at most; it would have ${byTime.size}.`,
    );
  }
  return [...byTime.values()].toSorted((a, b) => a.timeOffsetSec - b.timeOffsetSec);
}

function conflict(adding: string, other: string): ApiError {
  return new ApiError(
    `InvalidParameterValue.${adding}And${other}Conflict`,
    `The parameters \`${adding}\` and \`${other}\` contradict each other.`,
  );
}
