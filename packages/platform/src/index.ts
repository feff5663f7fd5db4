export { StartupError, errorMessage, systemErrorCode } from './errors.ts';
export { createBatcher, type RunBatch } from './batcher.ts';
export { createReadCache, type ReadCache } from './read-cache.ts';
export { createLogger, type Logger, type LoggerOptions } from './log/create-logger.ts';
export type { ConnectionOptions } from './database/connection.ts';
export {
  assertClockFits,
  openVirtualClock,
  VIRTUAL_CLOCK_OPTIONS,
  type VirtualClock,
} from './clock/virtual-clock.ts';
export { createDatabase, type Database, type DatabaseOptions } from './database/database.ts';
export { isDatabaseLost } from './database/database-lost.ts';
export type { Subscription } from './database/listener.ts';
export { migrate, type Migration } from './database/migrate.ts';
export { LIVE_CHANNEL, notifyLive, type LiveChange } from './database/live.ts';
export type { QueryRunner } from './database/query-runner.ts';
export type {
  BlobStore,
  ByteRange,
  ListedBlob,
  WriteAtOptions,
  WriteOptions,
  WrittenBlob,
} from './blobs/blob-store.ts';
export { DiskBlobStore } from './blobs/disk-blob-store.ts';
export {
  BadBlobKeyError,
  BlobError,
  BlobNotFoundError,
  BlobTooLargeError,
  BlobTooShortError,
  DiskFullError,
} from './blobs/errors.ts';
export {
  loadConfig,
  type Config,
  type ConfigInput,
  type ConfigOptions,
  type GivenCredentials,
} from './config/config.ts';
export { ConfigError, type ConfigProblem } from './config/config-error.ts';
export { loadOrCreateCredentials, type Credentials } from './config/credentials.ts';
export { findMediaTools, MissingToolError, type MediaTools, type MediaToolSource } from './media-tools.ts';
export { listenOrExplain, type Listenable, type ListenOptions, type PortSetting } from './http/listen.ts';
export {
  createEmbeddedPostgres,
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
} from './database/embedded-postgres.ts';
export { acquireFileLock, FileLockedError } from './database/embedded/file-lock.ts';
export {
  assertPublicHost,
  isPrivateAddress,
  PrivateAddressError,
  publicLookup,
} from './net/address-guard.ts';
export { createJobQueue, type JobQueueDeps } from './jobs/create-job-queue.ts';
export {
  JobStoppedError,
  LeaseLostError,
  PermanentJobError,
  type ExhaustedJob,
  type Job,
  type JobHandler,
  type JobQueue,
  type QueueSettings,
  type SendOptions,
  type StopOptions,
  type WorkOptions,
} from './jobs/job-queue.ts';
export {
  DEFAULT_ENDPOINT,
  loadClientConfig,
  type ClientConfig,
  type ClientOptions,
} from './config/client-config.ts';
export { writeDurably } from './write-durably.ts';
export { CLOUD_DOMAINS, isCloudHost } from './redirect/cloud-hosts.ts';
export { redirectPaths, type RedirectPaths } from './redirect/redirect-paths.ts';
export { readRedirectPlace, writeRedirectPlace, type RedirectPlace } from './redirect/redirect-place.ts';
export { redirectEnvironment, type RedirectOptions } from './redirect/redirect-environment.ts';
