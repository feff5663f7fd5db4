import { randomUUID } from 'node:crypto';
import type { Logger } from '@vodstack/platform';
import type { DeployedFunction } from './function-store.ts';
import { RET_CODE, type InvocationStore, type StartedInvocation } from './invocation-store.ts';
import { MAX_PAYLOAD_BYTES } from './limits.ts';
import { toBillDurationMs, toStoredLog, toTailLog, type InitReport, type RequestReport } from './log-text.ts';
import { toAnswer, type Outcome } from './outcome.ts';
import type { Run, RunEnd } from './runtime/instance.ts';
import type { InstancePool, Lease } from './runtime/instance-pool.ts';

export interface InvokeRequest {
  /** JSON text, at most 6 MB. */
  event: string;
  /** What called; shown in the log. Default `invoke`. */
  trigger?: string | undefined;
  /** `Tail` waits for the asynchronous rest of the function and answers the end of its log. Default `None`. */
  logType?: 'Tail' | 'None' | undefined;
  /** A repetition keeps the id of its call. Default: a new one. */
  requestId?: string | undefined;
  /** Default 0. */
  retryNum?: number | undefined;
  /** The same for everything that one event of the outside set off. */
  traceId?: string | undefined;
  /** Aborting kills a running function: callers that only stop waiting should not abort. */
  signal?: AbortSignal | undefined;
}

/** Whom a call of the service is for. */
export interface InvokeTarget {
  /** Default `default`. */
  namespace?: string;
  name: string;
  /** `$LATEST`, a version or an alias. Default `$LATEST`. */
  qualifier?: string | undefined;
  /** For aliases that route by rule. */
  routingKey?: Record<string, string> | undefined;
}

/** An asynchronous call. */
export type LaterRequest = InvokeTarget & Pick<InvokeRequest, 'event' | 'trigger' | 'traceId'>;

export interface InvokeResult {
  requestId: string;
  /** SCF's status code: 200, 430, 433, 434, 437, 439, 443, … */
  statusCode: number;
  /** JSON text: the return value, or the documented error body. */
  retMsg: string;
  durationMs: number;
  memUsageBytes: number;
  coldStart: boolean;
  /** The last 4 KB with `logType` `Tail`, otherwise empty. */
  log: string;
}

/** Runs requests and keeps their records. */
export interface Invoker {
  invoke(fn: DeployedFunction, pool: InstancePool, request: InvokeRequest): Promise<InvokeResult>;
  /** Ends every running request as interrupted. */
  interruptAll(): void;
  /** Resolves when every request so far is over and recorded. */
  settled(): Promise<void>;
}

export interface InvokerDependencies {
  invocations: InvocationStore;
  logger: Logger;
  clock: () => Date;
}

const FINISH_GRACE_MS = 20;

interface Call {
  requestId: string;
  retryNum: number;
  fn: DeployedFunction;
  started: StartedInvocation;
}

interface CallEnd extends Pick<RunEnd, 'outcome' | 'durationMs' | 'memUsageBytes' | 'lines'> {
  coldStart?: InitReport | undefined;
}

export function createInvoker(deps: InvokerDependencies): Invoker {
  const runs = new Set<Run>();
  const pending = new Set<Promise<unknown>>();
  const track = <T>(promise: Promise<T>): Promise<T> => {
    pending.add(promise);
    void promise.finally(() => pending.delete(promise)).catch(() => undefined);
    return promise;
  };
  return {
    invoke: (fn, pool, request) => track(invoke({ ...deps, runs, track }, { fn, pool, request })),
    interruptAll() {
      for (const run of runs) run.cancel({ kind: 'interrupted' });
    },
    async settled() {
      while (pending.size > 0) await Promise.allSettled(pending);
    },
  };
}

interface Tools extends InvokerDependencies {
  runs: Set<Run>;
  track: <T>(promise: Promise<T>) => Promise<T>;
}

async function invoke(
  tools: Tools,
  { fn, pool, request }: { fn: DeployedFunction; pool: InstancePool; request: InvokeRequest },
): Promise<InvokeResult> {
  const { trigger = 'invoke', signal, requestId = randomUUID(), retryNum = 0, traceId = null } = request;
  const { namespace, name, functionVersion: qualifier } = fn;
  const startAt = tools.clock();
  const started = { requestId, retryNum, namespace, name, qualifier, trigger, traceId, startAt };
  const call: Call = { requestId, retryNum, fn, started };
  // Not waited for: the function runs meanwhile, and the row of its end needs none of its start.
  void tools.track(store(tools, call, tools.invocations.start(started)));
  const isTooLarge = Buffer.byteLength(request.event) > MAX_PAYLOAD_BYTES;
  const acquired: Lease | Outcome = isTooLarge ? { kind: 'event-too-large' } : await pool.acquire(signal);
  if (acquired.kind !== 'lease') return refuse(tools, call, acquired);
  return runOn(tools, { ...call, fn: acquired.instance.fn }, acquired, request);
}

/** A request that no instance served. */
async function refuse(tools: Tools, call: Call, outcome: Outcome): Promise<InvokeResult> {
  const end: CallEnd = { outcome, durationMs: 0, memUsageBytes: 0, lines: [] };
  await record(tools, call, end);
  return toResult(call, end, '');
}

async function runOn(tools: Tools, call: Call, lease: Lease, request: InvokeRequest): Promise<InvokeResult> {
  const { coldStart } = lease;
  const run = lease.instance.run({ requestId: call.requestId, event: request.event });
  const unwatch = watchAbort(run, request.signal);
  tools.runs.add(run);
  const ended = run.ended.then((end) => {
    tools.runs.delete(run);
    unwatch();
    lease.release(end.isReusable);
    return { ...end, coldStart };
  });
  void tools.track(ended.then((end) => record(tools, call, end)));
  const { outcome, durationMs } = await run.response;
  const end = request.logType === 'Tail' ? await ended : await soon(ended);
  if (!end) {
    const memUsageBytes = lease.instance.peakMemoryBytes();
    return toResult(call, { outcome, durationMs, memUsageBytes, lines: [], coldStart }, '');
  }
  const log = request.logType === 'Tail' ? toTailLog(toReport(call, end)) : '';
  return toResult(call, { ...end, outcome }, log);
}

/**
 * Most functions have nothing left to do when they answer, and are free again within a millisecond. A caller that
 * got its answer before that would find no idle instance for its next request and have one started in vain.
 */
async function soon<T>(promise: Promise<T>): Promise<T | undefined> {
  const grace = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => grace.resolve(undefined), FINISH_GRACE_MS);
  const first = await Promise.race([promise, grace.promise]);
  clearTimeout(timer);
  return first;
}

function watchAbort(run: Run, signal: AbortSignal | undefined): () => void {
  const onAbort = (): void => run.cancel({ kind: 'canceled' });
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  return () => signal?.removeEventListener('abort', onAbort);
}

function toReport({ requestId, fn }: Call, end: CallEnd): RequestReport {
  const { timeoutSec, memoryMb } = fn;
  return { requestId, timeoutSec, memoryMb, ...end, init: end.coldStart };
}

function toResult(call: Call, end: CallEnd, log: string): InvokeResult {
  const { durationMs, memUsageBytes } = end;
  const answer = toAnswer(end.outcome, toReport(call, end));
  return {
    requestId: call.requestId,
    ...answer,
    durationMs,
    memUsageBytes,
    coldStart: end.coldStart !== undefined,
    log,
  };
}

async function record(tools: Tools, call: Call, end: CallEnd): Promise<void> {
  const { statusCode, retMsg, ...usage } = toResult(call, end, toStoredLog(toReport(call, end)));
  const billDurationMs = toBillDurationMs(end.durationMs);
  const retCode = toRetCode(end.outcome);
  const finished = { ...call.started, ...usage, statusCode, retMsg, billDurationMs, retCode };
  await store(tools, call, tools.invocations.finish(finished));
}

/** Never rejects: the caller has its answer, and a row that stays "running" is marked later. */
async function store({ logger }: Tools, { requestId, fn }: Call, written: Promise<void>): Promise<void> {
  try {
    await written;
  } catch (err) {
    logger.error({ err, requestId, function: fn.name }, 'the log of a function request could not be stored');
  }
}

function toRetCode(outcome: Outcome): number {
  if (outcome.kind === 'returned') return RET_CODE.succeeded;
  return outcome.kind === 'interrupted' ? RET_CODE.interrupted : RET_CODE.failed;
}
