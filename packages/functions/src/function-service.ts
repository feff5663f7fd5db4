import { mkdir, realpath } from 'node:fs/promises';
import type { Database, Logger } from '@vodstack/platform';
import { parseCodeFiles, hashCodeFiles, type CodeFile, type CodeFiles } from './code-files.ts';
import { createCodeStore, type CodeStore } from './code-store.ts';
import { assertFunctionConfig, isSameConfig, type FunctionConfig } from './function-config.ts';
import { FunctionError } from './function-error.ts';
import {
  createFunctionStore,
  type DeployedFunction,
  type FunctionKey,
  type FunctionStore,
} from './function-store.ts';
import {
  createInvocationStore,
  type InvocationRecord,
  type InvocationStore,
  type LogQuery,
} from './invocation-store.ts';
import { createInvoker, type Invoker, type InvokeRequest, type InvokeResult } from './invoker.ts';
import { readRunnerId } from './runner-id.ts';
import { createLauncher, type Launcher, type RuntimeOptions } from './runtime/create-launcher.ts';
import type { Isolation } from './runtime/function-process.ts';
import { createInstancePool, type InstancePool, type PoolCounts } from './runtime/instance-pool.ts';
import { createWarmInstances } from './runtime/warm-instances.ts';

export interface FunctionServiceOptions extends RuntimeOptions {
  database: Database;
  logger: Logger;
  /** Where the code of the functions lives; made with mode 0700. One server at a time. */
  folder: string;
  clock?: () => Date;
  /** Most instances of one function at once. Default 10. */
  maxInstances?: number;
  /** Most instances of all functions that wait for work. Default 8. */
  maxWarm?: number;
  /** Idle instances end after this time. Default 5 minutes. */
  idleMs?: number;
  /** How long `stop` waits for running requests. Default 10 s. */
  drainMs?: number;
}

export interface DeployRequest extends Omit<FunctionConfig, 'namespace'> {
  /** Default `default`. */
  namespace?: string;
  files: CodeFiles;
}

export interface FunctionInfo extends DeployedFunction {
  /** Processes of this server that run the current version. */
  instances: PoolCounts;
}

/**
 * The function service: deploys Node.js and Python functions, keeps warm processes and runs requests on them with the cloud's
 * limits, errors and logs. The schema `scf` must be migrated before `start`.
 */
export interface FunctionService {
  /** Marks what an earlier run left as running, deletes old logs, cleans the code folder. Idempotent. */
  start(): Promise<void>;
  /** Refuses new requests, waits for running ones up to `drainMs`, then kills. Idempotent. */
  stop(): Promise<void>;
  /**
   * Creates or updates a function; identical code and configuration change nothing and keep the warm instances.
   *
   * @throws FunctionError with the cloud's code when the configuration or the package is not acceptable
   */
  deploy(request: DeployRequest): Promise<{ name: string; version: number }>;
  /** @throws FunctionError ResourceNotFound.Function */
  get(namespace: string, name: string): Promise<FunctionInfo>;
  list(): Promise<FunctionInfo[]>;
  /** Its logs stay until they are old. @throws FunctionError ResourceNotFound.Function */
  remove(namespace: string, name: string): Promise<void>;
  /**
   * Runs one request. What goes wrong in the function is in the result (statusCode, retMsg), never thrown.
   *
   * @throws FunctionError ResourceNotFound.Function; FailedOperation.FunctionStatusError before start and after stop
   */
  invoke(request: InvokeRequest & { namespace?: string; name: string }): Promise<InvokeResult>;
  /** Newest first. A request that runs has `retCode` 2 and no log yet. */
  logs(query: Omit<LogQuery, 'namespace'> & { namespace?: string }): Promise<InvocationRecord[]>;
  /** What functions are kept in on this machine; undefined before `start`. */
  isolation(): Isolation | undefined;
  /** Deletes what is older than 7 days; runs at start and hourly by itself. Answers how many requests went. */
  deleteOldLogs(): Promise<number>;
}

const HOUR_MS = 3_600_000;
const RETENTION_MS = 7 * 24 * HOUR_MS;
const REAP_EVERY_MS = 30_000;
/** Longer than any request can run: 900 s, 65 s to start, and the wait for an instance. */
const STALE_MS = HOUR_MS;
const MAX_WAITING = 1000;
const DEFAULT_NAMESPACE = 'default';

export function createFunctionService(options: FunctionServiceOptions): FunctionService {
  return new LocalFunctionService(options);
}

/** What exists between start and stop. */
interface Running {
  code: CodeStore;
  invocations: InvocationStore;
  invoker: Invoker;
  createPool(fn: DeployedFunction): InstancePool;
  launcher: Launcher;
  timers: NodeJS.Timeout[];
}

class LocalFunctionService implements FunctionService {
  readonly #options: FunctionServiceOptions;
  readonly #clock: () => Date;
  readonly #functions: FunctionStore;
  readonly #pools = new Map<string, InstancePool>();
  /** Old versions that wait for their last request. */
  readonly #retiring = new Set<Promise<void>>();
  #running: Running | undefined;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: FunctionServiceOptions) {
    this.#options = options;
    this.#clock = options.clock ?? (() => new Date());
    this.#functions = createFunctionStore(options.database);
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
    const running = this.#assertRunning();
    const config: FunctionConfig = { namespace, ...rest };
    assertFunctionConfig(config);
    const code = parseCodeFiles(files, config);
    const codeSha256 = hashCodeFiles(code);
    const known = await this.#functions.find(config);
    if (known && (await isUpToDate(running.code, known, { config, codeSha256 }))) {
      return { name: known.name, version: known.version };
    }
    const { current, previous } = await this.#switchTo(running.code, config, code, codeSha256);
    this.#track(this.#retire(running, current, previous));
    return { name: current.name, version: current.version };
  }

  async get(namespace: string, name: string): Promise<FunctionInfo> {
    return this.#toInfo(await this.#find({ namespace, name }));
  }

  async list(): Promise<FunctionInfo[]> {
    const functions = await this.#functions.list();
    return functions.map((fn) => this.#toInfo(fn));
  }

  async remove(namespace: string, name: string): Promise<void> {
    const { code } = this.#assertRunning();
    const removed = await this.#functions.remove({ namespace, name });
    if (!removed) throw notFound({ namespace, name });
    const pool = this.#pools.get(toPoolKey(removed));
    this.#pools.delete(toPoolKey(removed));
    const gone =
      pool?.close({ kind: 'start-failed', message: 'the function was removed' }) ?? Promise.resolve();
    this.#track(gone.then(() => code.remove(removed.codeKey)));
  }

  async invoke(request: InvokeRequest & { namespace?: string; name: string }): Promise<InvokeResult> {
    const { namespace = DEFAULT_NAMESPACE, name } = request;
    const fn = await this.#find({ namespace, name });
    const running = this.#assertRunning();
    return running.invoker.invoke(fn, this.#poolOf(running, fn), request);
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
    return invocations.deleteBefore(new Date(this.#clock().getTime() - RETENTION_MS));
  }

  async #start(): Promise<void> {
    await mkdir(this.#options.folder, { recursive: true, mode: 0o700 });
    // Stack traces and import URLs have links resolved.
    const folder = await realpath(this.#options.folder);
    const { database, logger } = this.#options;
    const code = createCodeStore({ folder });
    await code.prepare();
    const invocations = createInvocationStore({ database, runner: await readRunnerId(folder) });
    const interrupted = await invocations.markOwnInterrupted();
    if (interrupted > 0)
      logger.warn({ interrupted }, 'the server had stopped before some function requests were finished');
    const functions = await this.#functions.list();
    await code.sweep(new Set(functions.map((fn) => fn.codeKey)), this.#clock());
    const invoker = createInvoker({ invocations, logger, clock: this.#clock });
    const launcher = await createLauncher({
      ...this.#options,
      folder,
      folderOf: (key) => code.folderOf(key),
    });
    const { maxInstances = 10, maxWarm = 8 } = this.#options;
    const { launch } = launcher;
    const pools = {
      launch,
      logger,
      maxInstances,
      maxWaiting: MAX_WAITING,
      warm: createWarmInstances(maxWarm),
    };
    const createPool = (fn: DeployedFunction): InstancePool => createInstancePool({ ...pools, fn });
    const timers = this.#startTimers(invocations);
    this.#running = { code, invocations, invoker, createPool, timers, launcher };
    await this.#cleanLogs(invocations);
  }

  #startTimers(invocations: InvocationStore): NodeJS.Timeout[] {
    const { idleMs = 5 * 60_000 } = this.#options;
    const reap = (): void => {
      for (const pool of this.#pools.values()) pool.reap(performance.now() - idleMs);
    };
    const timers = [
      setInterval(reap, Math.min(REAP_EVERY_MS, idleMs)),
      setInterval(() => void this.#cleanLogs(invocations), HOUR_MS),
    ];
    for (const timer of timers) timer.unref();
    return timers;
  }

  async #cleanLogs(invocations: InvocationStore): Promise<void> {
    try {
      await this.deleteOldLogs();
      await invocations.markInterrupted(new Date(this.#clock().getTime() - STALE_MS));
    } catch (err) {
      this.#options.logger.error({ err }, 'old function logs could not be deleted');
    }
  }

  async #stop(): Promise<void> {
    await this.#starting?.catch(() => undefined);
    const running = this.#running;
    this.#running = undefined;
    if (!running) return;
    for (const timer of running.timers) clearInterval(timer);
    const closed = [...this.#pools.values()].map((pool) => pool.close({ kind: 'interrupted' }));
    const deadline = setTimeout(() => running.invoker.interruptAll(), this.#options.drainMs ?? 10_000);
    await running.invoker.settled();
    clearTimeout(deadline);
    running.launcher.stop();
    await Promise.all([...closed, ...this.#retiring]);
  }

  async #switchTo(
    code: CodeStore,
    config: FunctionConfig,
    files: readonly CodeFile[],
    codeSha256: string,
  ): ReturnType<FunctionStore['switchTo']> {
    const codeKey = await code.write(files);
    const codeBytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
    try {
      return await this.#functions.switchTo({ config, codeKey, codeSha256, codeBytes, now: this.#clock() });
    } catch (error) {
      await code.remove(codeKey);
      throw error;
    }
  }

  /** Starts an instance of the new version; the old code goes when its last request is over. */
  async #retire(
    running: Running,
    current: DeployedFunction,
    previous: DeployedFunction | undefined,
  ): Promise<void> {
    const pool = this.#poolOf(running, current);
    const retired = pool.switchTo(current);
    pool.prewarm();
    await retired;
    if (previous) await running.code.remove(previous.codeKey);
  }

  #poolOf(running: Running, fn: DeployedFunction): InstancePool {
    const key = toPoolKey(fn);
    const known = this.#pools.get(key);
    if (known) {
      // Another process may have deployed since.
      void known.switchTo(fn);
      return known;
    }
    const pool = running.createPool(fn);
    this.#pools.set(key, pool);
    return pool;
  }

  #track(work: Promise<void>): void {
    const tracked = work
      .catch((err: unknown) =>
        this.#options.logger.warn({ err }, 'an old function version could not be removed'),
      )
      .finally(() => this.#retiring.delete(tracked));
    this.#retiring.add(tracked);
  }

  async #find(key: FunctionKey): Promise<DeployedFunction> {
    const fn = await this.#functions.find(key);
    if (!fn) throw notFound(key);
    return fn;
  }

  #toInfo(fn: DeployedFunction): FunctionInfo {
    const instances = this.#pools.get(toPoolKey(fn))?.counts() ?? { starting: 0, idle: 0, busy: 0 };
    return { ...fn, instances };
  }

  #assertRunning(): Running {
    if (this.#running) return this.#running;
    throw new FunctionError('FailedOperation.FunctionStatusError', 'The function service is not running.');
  }
}

const toPoolKey = ({ namespace, name }: FunctionKey): string => `${namespace}/${name}`;

function notFound({ namespace, name }: FunctionKey): FunctionError {
  return new FunctionError(
    'ResourceNotFound.Function',
    `There is no function "${name}" in the namespace "${namespace}".`,
  );
}

async function isUpToDate(
  code: CodeStore,
  known: DeployedFunction,
  wanted: { config: FunctionConfig; codeSha256: string },
): Promise<boolean> {
  if (known.codeSha256 !== wanted.codeSha256 || !isSameConfig(known, wanted.config)) return false;
  return code.has(known.codeKey);
}
