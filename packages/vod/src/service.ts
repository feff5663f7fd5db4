import { migrate } from '@vodstack/platform';
import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { runAction } from './actions/index.ts';
import { createApplicationFinder, ensureAccount } from './applications.ts';
import { ACCOUNT, type Caller } from './caller.ts';
import type { VodContext } from './context.ts';
import { createEventService, type EventService } from './events/event-service.ts';
import { emptyFolder } from './empty-folder.ts';
import { EDIT_QUEUE } from './edits/create-edit.ts';
import { createEndpointDelivery } from './events/endpoints/endpoint-delivery.ts';
import { createEndpointService, type EndpointService } from './events/endpoints/endpoint-service.ts';
import { createFaultService, type FaultService } from './events/faults/fault-service.ts';
import { EVENT_CHANNEL } from './events/outbox.ts';
import { createPullQueue } from './events/pull-queue.ts';
import { createPushDelivery } from './events/push-delivery.ts';
import { type ApiKeys, createApiKeys } from './keys/api-keys.ts';
import { createKeyRing, type KeyRing } from './keys/key-ring.ts';
import { callTokenService } from './keys/temporary-keys.ts';
import { createExpirySweeper } from './media/expiry-sweeper.ts';
import { createOrphanSweeper } from './media/orphan-sweeper.ts';
import { createMediaFinder } from './media/media-repository.ts';
import { vodMigrations } from './migrations.ts';
import { PULL_QUEUE } from './pull/create-pull.ts';
import { failPull, PULL_RETRIES, runPull } from './pull/pull-worker.ts';
import { registerKeyRoutes } from './playback/key-routes.ts';
import { registerMediaRoutes } from './playback/media-routes.ts';
import { registerPlayInfoRoutes } from './playback/play-info-routes.ts';
import { TRANSCODE_QUEUE } from './tasks/create-task.ts';
import { retryTask } from './tasks/retry-task.ts';
import { recordServer } from './tasks/server-record.ts';
import { EDIT_QUEUE_SETTINGS, TASK_QUEUE_SETTINGS, workOnTasks } from './tasks/work-on-tasks.ts';
import { createWorkerRegistry, type WorkerIdentity } from './tasks/worker-registry.ts';
import { createUploadOpener } from './upload/upload-session.ts';
import { registerObjectRoutes } from './upload/object-routes.ts';
import { registerUgcRoutes } from './upload/ugc/ugc-routes.ts';
import { createUploadSweeper } from './upload/upload-sweeper.ts';
import { createViewService, type ViewService } from './views/view-service.ts';
import { listWorkers, type WorkerView } from './views/worker-view.ts';

/** Waiting for others more than for this machine: more at once than tasks of work. */
const PULL_CONCURRENCY = 4;
const PULL_SETTINGS = { ...TASK_QUEUE_SETTINGS, retryLimit: PULL_RETRIES };

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
  readonly events: EventService;
  readonly endpoints: EndpointService;
  readonly faults: FaultService;
  readonly views: ViewService;
  /** Makes a new task of what failed in one, and returns its id. */
  retryTask(taskId: string): Promise<string>;
  /** Does at once what the clock, which was moved, has made due. */
  catchUp(): Promise<void>;
  /** Every process that works on tasks. */
  listWorkers(): Promise<WorkerView[]>;
}

export interface VodOptions {
  /** How this process works on tasks. */
  readonly worker: Omit<WorkerIdentity, 'role'>;
}

export function createVodService(context: VodContext, options: VodOptions): VodService {
  const pullQueue = createPullQueue(context);
  const pushDelivery = createPushDelivery(context);
  const sweepers = [createUploadSweeper(context), createExpirySweeper(context), createOrphanSweeper(context)];
  const endpointDelivery = createEndpointDelivery(context);
  const registry = createWorkerRegistry(context, { ...options.worker, role: 'server' });
  const keys = createKeyRing(context);
  const shared = {
    pullQueue,
    findMedia: createMediaFinder(context.db),
    openUpload: createUploadOpener(context),
    findApplicationStatus: createApplicationFinder(context.db),
  };
  const stopping = new AbortController();
  let ownSecretId = '';
  return {
    keys,
    events: createEventService(context),
    endpoints: createEndpointService(context),
    faults: createFaultService(context),
    views: createViewService(context),
    apiKeys: createApiKeys(context, keys, () => ownSecretId),
    async prepare(key) {
      ownSecretId = key.secretId;
      await migrate(context.database, 'vod', vodMigrations);
      await ensureAccount(context, key);
      await context.jobs.defineQueue(TRANSCODE_QUEUE, TASK_QUEUE_SETTINGS);
      await context.jobs.defineQueue(PULL_QUEUE, PULL_SETTINGS);
      await context.jobs.defineQueue(EDIT_QUEUE, EDIT_QUEUE_SETTINGS);
      // What was in the making when the last run ended is made anew.
      await emptyFolder(context.scratchFolder);
    },
    async start() {
      await pullQueue.start();
      await pushDelivery.start();
      await endpointDelivery.start();
      for (const sweeper of sweepers) sweeper.start();
      await recordServer(context);
      await registry.start();
      await workOnTasks(context, options.worker.slots);
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
      await Promise.all([
        pullQueue.stop(),
        pushDelivery.stop(),
        endpointDelivery.stop(),
        ...sweepers.map((sweeper) => sweeper.stop()),
        registry.stop(),
      ]);
    },
    async registerRoutes(app) {
      registerMediaRoutes(app, context);
      registerPlayInfoRoutes(app, context);
      registerKeyRoutes(app, context);
      await registerObjectRoutes(app, context);
      await registerUgcRoutes(app, context, (action, parameters, on) =>
        runAction({ ...context, ...on, ...shared, signal: stopping.signal }, action, parameters),
      );
    },
    call: (action, parameters, signal, caller = ACCOUNT) =>
      runAction(
        { ...context, ...shared, caller, signal: AbortSignal.any([signal, stopping.signal]) },
        action,
        parameters,
      ),
    callTokenService: (action, parameters, _signal, caller) =>
      callTokenService(context, { action, parameters, caller }),
    async catchUp() {
      await Promise.all(sweepers.map((sweeper) => sweeper.sweepNow()));
      await sql`select pg_notify(${EVENT_CHANNEL}, '')`.execute(context.db);
    },
    retryTask: (taskId) => retryTask(context, taskId),
    listWorkers: () => listWorkers(context),
  };
}
