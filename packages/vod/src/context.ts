import type { BlobStore, Database, JobQueue, Logger } from '@vodstack/platform';
import type { VodDb } from './tables.ts';
import type { MediaTools } from './transcode/index.ts';

export interface PullLimits {
  /** Of one file that PullUpload fetches. */
  readonly maxBytes: number;
  /** How long a server may be silent. */
  readonly idleTimeoutMs: number;
}

/** What every part of the VOD service is built from; put together once by the server. */
export interface VodContext {
  readonly database: Database;
  readonly db: VodDb;
  readonly blobs: BlobStore;
  readonly jobs: JobQueue;
  readonly logger: Logger;
  readonly tools: MediaTools;
  /** Folder for files in the making; its content is worthless after a restart. */
  readonly scratchFolder: string;
  /** This process, among those that work on tasks (`vod.worker`). */
  readonly workerId: string;
  /** The account: also the id of its primary application. */
  readonly appId: number;
  /** Scheme, host and port under which clients reach this server, without a slash at the end. */
  readonly publicUrl: () => string;
  /** Whether a URL on a private address may be called on a user's behalf. */
  readonly allowsPrivateAddress: (url: URL) => boolean;
  readonly pullLimits: PullLimits;
  /** What expiries and retries go by; tests may move it. */
  readonly clock: () => Date;
  /** The real time, which other programs go by: of signatures that they make or check. */
  readonly wallClock: () => Date;
  /** How thoroughly x264 compresses. */
  readonly x264Preset: 'medium' | 'ultrafast';
  /** About the length of the parts that long sources are encoded in; 0 cuts nothing. */
  readonly partSec: number;
}
