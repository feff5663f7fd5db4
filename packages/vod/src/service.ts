import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { migrate } from '@vodstack/platform';
import type { FastifyInstance } from 'fastify';
import { runAction } from './actions/index.ts';
import { ensureAccount } from './applications.ts';
import { ACCOUNT, type Caller } from './caller.ts';
import type { VodContext } from './context.ts';
import { createPullQueue } from './events/pull-queue.ts';
import { createPushDelivery } from './events/push-delivery.ts';
import { type ApiKeys, createApiKeys } from './keys/api-keys.ts';
import { createKeyRing, type KeyRing } from './keys/key-ring.ts';
import { callTokenService } from './keys/temporary-keys.ts';
import { createExpirySweeper } from './media/expiry-sweeper.ts';
import { createMediaFinder } from './media/media-repository.ts';
import { vodMigrations } from './migrations.ts';
import { PULL_QUEUE } from './pull/create-pull.ts';
import { failPull, PULL_RETRIES, runPull } from './pull/pull-worker.ts';
import { registerKeyRoutes } from './playback/key-routes.ts';
import { registerMediaRoutes } from './playback/media-routes.ts';
import { registerPlayInfoRoutes } from './playback/play-info-routes.ts';
import { TRANSCODE_QUEUE } from './tasks/create-task.ts';
import { failTask, runTask, TRANSCODE_RETRIES } from './tasks/transcode-worker.ts';
import { registerObjectRoutes } from './upload/object-routes.ts';
import { registerUgcRoutes } from './upload/ugc/ugc-routes.ts';
import { createUploadSweeper } from './upload/upload-sweeper.ts';
import { describeMedia, type MediaDetail } from './views/media-detail.ts';
import { listMedia, type MediaPage, type MediaQuery } from './views/media-view.ts';

const QUEUE_SETTINGS = {
  /** A worker that shows no sign of life for this long has lost its task. Long enough for a database that is away for ten seconds. */
  heartbeatSec: 15,
  retryLimit: TRANSCODE_RETRIES,
};

/** Waiting for others more than for this machine: more at once than tasks of work. */
const PULL_CONCURRENCY = 4;
const PULL_SETTINGS = { heartbeatSec: 15, retryLimit: PULL_RETRIES };

export interface VodService {
  /** Creates or upgrades the tables and makes sure that the account is there. */
  prepare(key: { secretId: string; secretKey: string }): Promise<void>;
  /** Starts delivering events and working on tasks; needs the server to listen already. */
  start(): Promise<void>;
  stop(): Promise<void>;
  registerRoutes(app: FastifyInstance): Promise<void>;
  /** Runs an API action (see runAction), by default in the account's own name. */
  call(
    action: string,
    parameters: Record<string, unknown>,
    signal: AbortSignal,
    caller?: Caller,
  ): Promise<object>;
  /** The same for the Security Token Service, which issues temporary keys. */
  callTokenService(
    action: string,
    parameters: Record<string, unknown>,
    signal: AbortSignal,
    caller: Caller,
  ): Promise<object>;
  /** Who may sign calls. */
  readonly keys: Pick<KeyRing, 'find' | 'noteUse'>;
  readonly apiKeys: ApiKeys;
  /** For people: the primary application's media, newest first, and one with all that happened to it. */
  listMedia(query: Omit<MediaQuery, 'subAppId'>): Promise<MediaPage>;
  describeMedia(fileId: string): Promise<MediaDetail | undefined>;
}

export interface VodOptions {
  /** How many tasks are worked on at once. */
  readonly concurrency: number;
}

export function createVodService(context: VodContext, options: VodOptions): VodService {
  const pullQueue = createPullQueue(context);
  const pushDelivery = createPushDelivery(context);
  const sweeper = createUploadSweeper(context);
  const expirySweeper = createExpirySweeper(context);
  const keys = createKeyRing(context);
  const findMedia = createMediaFinder(context.db);
  const stopping = new AbortController();
  let ownSecretId = '';
  return {
    keys,
    apiKeys: createApiKeys(context, keys, () => ownSecretId),
    async prepare(key) {
      ownSecretId = key.secretId;
      await migrate(context.database, 'vod', vodMigrations);
      await ensureAccount(context, key);
      await context.jobs.defineQueue(TRANSCODE_QUEUE, QUEUE_SETTINGS);
      await context.jobs.defineQueue(PULL_QUEUE, PULL_SETTINGS);
      // What was in the making when the last run ended is made anew.
      await emptyFolder(context.scratchFolder);
    },
    async start() {
      await pullQueue.start();
      await pushDelivery.start();
      sweeper.start();
      expirySweeper.start();
      await context.jobs.work(
        TRANSCODE_QUEUE,
        {
          ...QUEUE_SETTINGS,
          concurrency: options.concurrency,
          onExhausted: (job, error) => failTask(context, String(job.data['taskId']), error),
        },
        (job) => runTask(context, job),
      );
      await context.jobs.work(
        PULL_QUEUE,
        {
          ...PULL_SETTINGS,
          concurrency: PULL_CONCURRENCY,
          onExhausted: (job, error) => failPull(context, String(job.data['taskId']), error),
        },
        (job) => runPull(context, job),
      );
    },
    async stop() {
      stopping.abort();
      await Promise.all([pullQueue.stop(), pushDelivery.stop(), sweeper.stop(), expirySweeper.stop()]);
    },
    async registerRoutes(app) {
      registerMediaRoutes(app, context);
      registerPlayInfoRoutes(app, context);
      registerKeyRoutes(app, context);
      await registerObjectRoutes(app, context);
      await registerUgcRoutes(app, context, (action, parameters, on) =>
        runAction({ ...context, ...on, pullQueue, findMedia, signal: stopping.signal }, action, parameters),
      );
    },
    call: (action, parameters, signal, caller = ACCOUNT) =>
      runAction(
        { ...context, pullQueue, findMedia, caller, signal: AbortSignal.any([signal, stopping.signal]) },
        action,
        parameters,
      ),
    callTokenService: (action, parameters, _signal, caller) =>
      callTokenService(context, { action, parameters, caller }),
    listMedia: (query) => listMedia(context, { ...query, subAppId: context.appId }),
    describeMedia: (fileId) => describeMedia(context, context.appId, fileId),
  };
}

/** Only what is in it: the folder itself may be a disk of its own, which cannot be removed. */
async function emptyFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
}
