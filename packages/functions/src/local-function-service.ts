import { randomUUID } from 'node:crypto';
import { mkdir, realpath } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { callAction } from './actions/call-action.ts';
import type { ActionContext } from './actions/action.ts';
import { createAsyncQueue, type AsyncQueue } from './async/async-queue.ts';
import type { DeadLetter } from './async/async-store.ts';
import { createCodeDownloads, type CodeDownloads } from './code-downloads.ts';
import { createCodeStore, type CodeStore } from './code-store.ts';
import { listCode, readCodeFile, type CodeFileText, type CodeView } from './code-view.ts';
import { createDeployer, type Deployer } from './deployer.ts';
import { DEFAULT_MESSAGE_TTL_SEC } from './function-details.ts';
import { FunctionError } from './function-error.ts';
import { createFunctionPools, joinPools, type FunctionPools, type PoolControl } from './function-pools.ts';
import { LATEST, type DeployedFunction } from './function-store.ts';
import { findMetrics, type InvocationMetrics, type MetricsQuery } from './invocation-metrics.ts';
import {
  createInvocationStore,
  type InvocationRecord,
  type InvocationStore,
  type LogQuery,
} from './invocation-store.ts';
import {
  createInvoker,
  type Invoker,
  type InvokeRequest,
  type InvokeResult,
  type InvokeTarget,
  type LaterRequest,
} from './invoker.ts';
import { MAX_INVOKE_MS } from './limits.ts';
import { DEFAULT_NAMESPACE } from './namespace-store.ts';
import { readRunnerId } from './runner-id.ts';
import { createLauncher, type Launcher } from './runtime/create-launcher.ts';
import type { Isolation } from './runtime/function-process.ts';
import { createInstancePool } from './runtime/instance-pool.ts';
import { showCode } from './show-code.ts';
import { createTimerScheduler, type TimerScheduler } from './triggers/timer-scheduler.ts';
import { toFunctionUrl, type FunctionUrl } from './triggers/function-url.ts';
import { createResolver, functionNotFound, type Resolver } from './versions/resolver.ts';
import { createStores, type Stores } from './stores.ts';
import { removeApis } from './triggers/gateway-trigger.ts';
import { assertEventFunction, isWebFunction, toConcurrency } from './web-function.ts';
import { createWebInvoker, type WebAnswer, type WebInvoker, type WebRequest } from './web-invoker.ts';
import type { WebInstance } from './runtime/web-instance.ts';
import { createWarmInstances } from './runtime/warm-instances.ts';

import type {
  FunctionInfo,
  FunctionService,
  FunctionServiceOptions,
  DeployRequest,
} from './function-service.ts';

const HOUR_MS = 3_600_000;
const DEFAULT_LOG_DAYS = 7;
const REAP_EVERY_MS = 30_000;
/** Longer than any request can run: 900 s, 300 s to start, and the wait for an instance. */
const STALE_MS = HOUR_MS;
const MAX_WAITING = 1000;
const ASYNC_RETRY_MS = 60_000;

export function createFunctionService(options: FunctionServiceOptions): FunctionService {
  return new LocalFunctionService(options);
}

/** What exists between start and stop. */
interface Running {
  code: CodeStore;
  invocations: InvocationStore;
  invoker: Invoker;
  webInvoker: WebInvoker;
  eventPools: FunctionPools;
  webPools: FunctionPools<WebInstance>;
  pools: PoolControl;
  deployer: Deployer;
  queue: AsyncQueue;
  timers: TimerScheduler;
  intervals: NodeJS.Timeout[];
  actions: ActionContext;
  launcher: Launcher;
}

class LocalFunctionService implements FunctionService {
  readonly #options: FunctionServiceOptions;
  readonly #clock: () => Date;
  readonly #stores: Stores;
  readonly #resolver: Resolver;
  /** For calls: may be a second behind other servers. */
  readonly #callResolver: Resolver;
  #running: Running | undefined;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: FunctionServiceOptions) {
    this.#options = options;
    this.#clock = options.clock ?? (() => new Date());
    this.#stores = createStores(options.database);
    this.#resolver = createResolver(this.#stores);
    this.#callResolver = createResolver(this.#stores.calls);
  }

  start(): Promise<void> {
    return (this.#starting ??= this.#start());
  }

  stop(): Promise<void> {
    return (this.#stopping ??= this.#stop());
  }

  async deploy({
    namespace = DEFAULT_NAMESPACE,
    files,
    ...rest
  }: DeployRequest): Promise<{ name: string; version: number }> {
    return await this.#assertRunning().deployer.deploy({ namespace, ...rest }, files);
  }

  async get(namespace: string, name: string): Promise<FunctionInfo> {
    return this.#toInfo(await this.#resolver.find({ namespace, name }));
  }

  async list(): Promise<FunctionInfo[]> {
    const functions = await this.#stores.functions.list();
    return functions.map((fn) => this.#toInfo(fn));
  }

  async remove(namespace: string, name: string): Promise<void> {
    const { actions } = this.#assertRunning();
    await actions.removeFunction({ namespace, name });
  }

  async invoke(request: InvokeRequest & InvokeTarget): Promise<InvokeResult> {
    const fn = await this.#resolve(request);
    assertEventFunction(fn);
    return await this.#invoke(fn, request);
  }

  async send({ target, ...request }: WebRequest & { target: InvokeTarget }): Promise<WebAnswer> {
    const fn = await this.#resolve(target);
    const { webInvoker, webPools } = this.#assertRunning();
    if (isWebFunction(fn)) return await webInvoker.send(fn, webPools.of(fn), request);
    throw new FunctionError('UnsupportedOperation', `"${fn.name}" is no web function.`);
  }

  async invokeLater(request: LaterRequest): Promise<string> {
    const { queue } = this.#assertRunning();
    const fn = await this.#resolve(request);
    const { namespace, name, details } = fn;
    const { event, trigger = 'Event', traceId = null, qualifier = LATEST } = request;
    const [requestId, now] = [randomUUID(), this.#clock()];
    const ttlMs = (details.messageTtlSec ?? DEFAULT_MESSAGE_TTL_SEC) * 1000;
    const times = { createdAt: now, expiresAt: new Date(now.getTime() + ttlMs) };
    await this.#stores.events.add({
      requestId,
      namespace,
      functionName: name,
      qualifier,
      event,
      trigger,
      traceId,
      ...times,
    });
    queue.wake();
    return requestId;
  }

  async call(action: string, parameters: Record<string, unknown>, signal: AbortSignal): Promise<object> {
    return await callAction({ ...this.#assertRunning().actions, signal }, action, parameters);
  }

  async findUrl(urlId: string): Promise<FunctionUrl | undefined> {
    const found = await this.#stores.triggers.findByResource(urlId);
    if (found?.trigger.type !== 'http') return undefined;
    return toFunctionUrl(found.trigger, found.functionType === 'HTTP');
  }

  async openPackage(token: string): Promise<Readable | undefined> {
    return await this.#assertRunning().actions.downloads.open(token);
  }

  async listCode(target: InvokeTarget): Promise<CodeView> {
    return await listCode(await this.#folderOf(target));
  }

  async readCode(target: InvokeTarget, path: string): Promise<CodeFileText> {
    return await readCodeFile(await this.#folderOf(target), path);
  }

  async metrics(query: MetricsQuery): Promise<InvocationMetrics[]> {
    return await findMetrics(this.#options.database, query);
  }

  async deadLetters(limit: number): Promise<DeadLetter[]> {
    return await this.#stores.events.listDeadLetters(limit);
  }

  async logs({
    namespace = DEFAULT_NAMESPACE,
    ...query
  }: Omit<LogQuery, 'namespace'> & { namespace?: string }): Promise<InvocationRecord[]> {
    return this.#assertRunning().invocations.list({ namespace, ...query });
  }

  isolation(): Isolation | undefined {
    return this.#running?.launcher.isolation;
  }

  async deleteOldLogs(): Promise<number> {
    const { invocations } = this.#assertRunning();
    return invocations.deleteBefore(this.#keptSince());
  }

  async #start(): Promise<void> {
    await mkdir(this.#options.folder, { recursive: true, mode: 0o700 });
    // Stack traces and import URLs have links resolved.
    const folder = await realpath(this.#options.folder);
    const { database } = this.#options;
    const code = createCodeStore({ folder });
    await code.prepare();
    const runner = await readRunnerId(folder);
    const invocations = createInvocationStore({ database, runner });
    await this.#settleEarlierRun(invocations);
    await code.sweep(await this.#stores.versions.usedCode(), this.#clock());
    this.#running = await this.#createRunning({ code, invocations, runner, folder });
    await this.#cleanLogs();
    await this.#running.queue.start();
    this.#running.timers.start();
  }

  async #settleEarlierRun(invocations: InvocationStore): Promise<void> {
    const { logger } = this.#options;
    const interrupted = await invocations.markOwnInterrupted();
    if (interrupted > 0)
      logger.warn({ interrupted }, 'the server had stopped before some function requests were finished');
    await this.#stores.functions.failUnfinished('the server stopped before the function was deployed');
  }

  async #createRunning({
    code,
    invocations,
    runner,
    folder,
  }: {
    code: CodeStore;
    invocations: InvocationStore;
    runner: string;
    folder: string;
  }): Promise<Running> {
    const { logger, appId, uin = String(appId), asyncRetryDelayMs = ASYNC_RETRY_MS } = this.#options;
    const clock = this.#clock;
    const launcher = await this.#createLauncher(code, folder);
    const allPools = this.#createPools(launcher);
    const { pools } = allPools;
    const deployer = createDeployer({ ...this.#stores, code, pools, logger, clock });
    const { events, triggers } = this.#stores;
    const queue = createAsyncQueue({
      store: events,
      logger,
      clock,
      runner,
      appId: String(appId),
      uin,
      resolve: ({ namespace, functionName: name, qualifier }) =>
        this.#resolver.resolve({ namespace, name }, qualifier).catch(orUndefined),
      invoke: (fn, request) => this.#invoke(fn, request),
      retryDelayMs: asyncRetryDelayMs,
    });
    const timers = createTimerScheduler({ triggers, events, logger, clock, onFired: () => queue.wake() });
    const parts = { invocations, pools, deployer, queue, timers };
    const account = { appId: String(appId), uin, region: this.#options.region };
    return {
      ...parts,
      ...allPools,
      code,
      invoker: createInvoker({ invocations, logger, clock }),
      webInvoker: createWebInvoker({ invocations, logger, clock, account }),
      intervals: this.#startIntervals(pools),
      actions: this.#createActions({
        ...parts,
        downloads: createCodeDownloads(code, clock),
        showCode: (fn) => showCode(code, fn),
        isolation: launcher.isolation,
      }),
      launcher,
    };
  }

  #createActions(
    parts: Pick<Running, 'invocations' | 'deployer' | 'queue' | 'timers'> & {
      downloads: CodeDownloads;
      showCode: ActionContext['showCode'];
      isolation: Isolation;
    },
  ): ActionContext {
    const { appId, region, gateway, toUrl, logger, origin, invokeLimitMs = MAX_INVOKE_MS } = this.#options;
    return {
      ...this.#stores,
      ...parts,
      resolver: this.#resolver,
      logger,
      clock: this.#clock,
      appId: String(appId),
      region,
      gateway,
      toUrl: toUrl ?? ((urlId) => `https://${appId}-${urlId}.${region}.tencentscf.com`),
      origin: origin ?? (() => ''),
      invoke: (request) => this.invoke(request),
      invokeLimitMs,
      invokeLater: (request) => this.invokeLater(request),
      removeFunction: async (key) => {
        await removeApis(this.#stores.triggers, gateway, key);
        if (!(await parts.deployer.remove(key))) throw functionNotFound(key);
      },
      signal: new AbortController().signal,
    };
  }

  async #createLauncher(code: CodeStore, folder: string): Promise<Launcher> {
    return await createLauncher({
      ...this.#options,
      folder,
      folderOf: (key) => code.folderOf(key),
    });
  }

  #createPools({ launch, launchWeb }: Launcher): Pick<Running, 'eventPools' | 'webPools' | 'pools'> {
    const { maxInstances = 10, maxWarm = 8, logger } = this.#options;
    const shared = {
      logger,
      maxInstances,
      maxWaiting: MAX_WAITING,
      warm: createWarmInstances(maxWarm),
    };
    const eventPools = createFunctionPools((fn) => createInstancePool({ ...shared, fn, launch }));
    const web = { ...shared, launch: launchWeb, capacityOf: toConcurrency };
    const webPools = createFunctionPools((fn) => createInstancePool({ ...web, fn }));
    return { eventPools, webPools, pools: joinPools(eventPools, webPools) };
  }

  #startIntervals(pools: PoolControl): NodeJS.Timeout[] {
    const { idleMs = 5 * 60_000 } = this.#options;
    const intervals = [
      setInterval(() => pools.reap(performance.now() - idleMs), Math.min(REAP_EVERY_MS, idleMs)),
      setInterval(() => void this.#cleanLogs(), HOUR_MS),
    ];
    for (const interval of intervals) interval.unref();
    return intervals;
  }

  async #cleanLogs(): Promise<void> {
    const { invocations } = this.#assertRunning();
    const nowMs = this.#clock().getTime();
    try {
      await this.deleteOldLogs();
      await invocations.markInterrupted(new Date(nowMs - STALE_MS));
      await this.#stores.events.deleteEndedBefore(this.#keptSince());
    } catch (err) {
      this.#options.logger.error({ err }, 'old function logs could not be deleted');
    }
  }

  #keptSince(): Date {
    const { logDays = DEFAULT_LOG_DAYS } = this.#options;
    return new Date(this.#clock().getTime() - logDays * 24 * HOUR_MS);
  }

  async #stop(): Promise<void> {
    await this.#starting?.catch(() => undefined);
    const running = this.#running;
    if (!running) return;
    for (const interval of running.intervals) clearInterval(interval);
    await running.timers.stop();
    const queueStopped = running.queue.stop();
    this.#running = undefined;
    const closed = running.pools.close({ kind: 'interrupted' });
    const { invoker, webInvoker } = running;
    const deadline = setTimeout(() => {
      invoker.interruptAll();
      webInvoker.interruptAll();
    }, this.#options.drainMs ?? 10_000);
    await Promise.all([invoker.settled(), webInvoker.settled()]);
    clearTimeout(deadline);
    await Promise.all([closed, queueStopped, running.deployer.settled()]);
    await running.launcher.stop();
  }

  async #resolve({
    namespace = DEFAULT_NAMESPACE,
    name,
    qualifier = LATEST,
    routingKey,
  }: InvokeTarget): Promise<DeployedFunction> {
    const fn = await this.#callResolver.resolve({ namespace, name }, qualifier, routingKey);
    if (fn.codeKey !== '') return fn;
    throw new FunctionError(
      'FailedOperation.FunctionStatusError',
      `The function "${name}" is ${fn.status}: it can be called once GetFunction says Active.`,
    );
  }

  async #folderOf(target: InvokeTarget): Promise<string> {
    const { codeKey } = await this.#resolve(target);
    return this.#assertRunning().code.folderOf(codeKey);
  }

  async #invoke(fn: DeployedFunction, request: InvokeRequest): Promise<InvokeResult> {
    const { invoker, eventPools } = this.#assertRunning();
    return await invoker.invoke(fn, eventPools.of(fn), request);
  }

  #toInfo(fn: DeployedFunction): FunctionInfo {
    const instances = this.#running?.pools.counts(fn) ?? { starting: 0, idle: 0, busy: 0 };
    return { ...fn, instances };
  }

  #assertRunning(): Running {
    if (this.#running) return this.#running;
    throw new FunctionError('FailedOperation.FunctionStatusError', 'The function service is not running.');
  }
}

/** @throws what is not a refusal */
function orUndefined(error: unknown): undefined {
  if (error instanceof FunctionError) return undefined;
  throw error;
}
