import type { EncodeOptions } from '../encode.ts';
import type { ChunkPlan } from './chunk-plan.ts';

export interface PartsRun extends EncodeOptions {
  /** Seconds of picture that are done. */
  readonly onDone: (sec: number) => void;
}

/** Where the file of a picture of a part is. */
export type PartPath = (part: number, picture: number) => string;

/**
 * Has every part encoded, and says where they are. Whatever it began here has ended when it settles.
 * @throws as encodePart
 */
export type EncodeParts = (plan: ChunkPlan, options: PartsRun) => Promise<PartPath>;
