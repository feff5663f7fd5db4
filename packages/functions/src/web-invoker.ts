import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Transform, type Readable } from 'node:stream';
import type { Logger } from '@vodstack/platform';
import type { DeployedFunction } from './function-store.ts';
import { RET_CODE, type InvocationStore, type StartedInvocation } from './invocation-store.ts';
import { MAX_PAYLOAD_BYTES } from './limits.ts';
import { toBillDurationMs, toStoredLog, type InitReport } from './log-text.ts';
import { toAnswer, type Outcome } from './outcome.ts';
import type { Account } from './runtime/account.ts';
import type { InstancePool, Lease } from './runtime/instance-pool.ts';
import type { WebInstance } from './runtime/web-instance.ts';

/** An HTTP request for a web function. */
export interface WebRequest {
  method: string;
  /** Path and query as they came, without what stands for the gateway. */
  url: string;
  /** Names and values in turn. What only concerns the hop to this server is left out here. */
  headers: readonly string[];
  body: Readable;
  trigger: string;
  traceId?: string | null;
  /** Aborts when nobody waits for the answer any more. */
  signal: AbortSignal;
}

/** What came back: the function's response, or the platform's error. */
export type WebAnswer =
  | {
      kind: 'response';
      requestId: string;
      statusCode: number;
      /** Names and values in turn. */
      headers: readonly string[];
      /** Fails when the function dies or runs into a limit after it began to answer. */
      body: Readable;
    }
  | { kind: 'failed'; requestId: string; statusCode: number; retMsg: string };

/** Runs the requests of web functions and keeps their records. */
export interface WebInvoker {
  send(fn: DeployedFunction, pool: InstancePool<WebInstance>, request: WebRequest): Promise<WebAnswer>;
  interruptAll(): void;
  settled(): Promise<void>;
}

export interface WebInvokerDependencies {
  invocations: InvocationStore;
  logger: Logger;
  clock: () => Date;
  account: Account;
}

/** What a process wrote before it answered has arrived by then: its pipes are read within one turn or two. */
const LOG_GRACE_MS = 20;
/** After these, the instance serves on. */
const HARMLESS: ReadonlySet<Outcome['kind']> = new Set([
  'returned',
  'canceled',
  'web-broken',
  'event-too-large',
  'response-too-large',
]);
/** A process with much memory, on a busy machine. */
const DEATH_GRACE_MS = 1_000;
const HOP_HEADERS = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export function createWebInvoker(deps: WebInvokerDependencies): WebInvoker {
  const calls = new Set<WebCall>();
  return {
    async send(fn, pool, request) {
      const call = new WebCall(deps, fn, request);
      calls.add(call);
      void call.recorded.finally(() => calls.delete(call));
      return await call.send(pool);
    },
    interruptAll() {
      for (const call of calls) call.end({ kind: 'interrupted' });
    },
    async settled() {
      while (calls.size > 0) await Promise.allSettled([...calls].map(({ recorded }) => recorded));
    },
  };
}

class WebCall {
  /** Resolves when the request is over and its record written. Never rejects. */
  readonly recorded: Promise<void>;
  readonly #deps: WebInvokerDependencies;
  readonly #request: WebRequest;
  readonly #requestId = randomUUID();
  readonly #over = Promise.withResolvers<Outcome>();
  readonly #stop = new AbortController();
  readonly #startAt: Date;
  #fn: DeployedFunction;
  #startedAt: number | undefined;
  #lease: Lease<WebInstance> | undefined;

  constructor(deps: WebInvokerDependencies, fn: DeployedFunction, request: WebRequest) {
    this.#deps = deps;
    this.#fn = fn;
    this.#request = request;
    this.#startAt = deps.clock();
    this.recorded = this.#over.promise.then((outcome) => this.#finish(outcome));
  }

  /** Ends the request with this outcome, unless it is over. */
  end(outcome: Outcome): void {
    this.#over.resolve(outcome);
    this.#stop.abort();
  }

  async send(pool: InstancePool<WebInstance>): Promise<WebAnswer> {
    const { signal, headers } = this.#request;
    this.#recordStart();
    if (Number(valueOf(headers, 'content-length') ?? 0) > MAX_PAYLOAD_BYTES)
      return this.#fail({ kind: 'event-too-large' });
    const acquired = await pool.acquire(signal);
    if (acquired.kind !== 'lease') return this.#fail(acquired);
    this.#lease = acquired;
    this.#fn = acquired.instance.fn;
    this.#startedAt = performance.now();
    this.#watch(acquired.instance);
    try {
      return await this.#answer(await this.#exchange(acquired.instance));
    } catch {
      return this.#fail(await this.#whyBroken(acquired.instance));
    }
  }

  #watch(instance: WebInstance): void {
    const timer = setTimeout(() => this.end({ kind: 'timed-out' }), this.#fn.timeoutSec * 1000);
    const onAbort = (): void => this.end({ kind: 'canceled' });
    this.#request.signal.addEventListener('abort', onAbort, { once: true });
    if (this.#request.signal.aborted) onAbort();
    void instance.ended.then((outcome) => this.end(outcome));
    void this.#over.promise.then(() => {
      clearTimeout(timer);
      this.#request.signal.removeEventListener('abort', onAbort);
    });
  }

  #exchange(instance: WebInstance): Promise<IncomingMessage> {
    const { method, url, body } = this.#request;
    const limited = createLimit(() => this.end({ kind: 'event-too-large' }));
    body.on('error', () => limited.destroy(new Error('the client sent no more')));
    const head = { method, url, headers: this.#toHeaders() };
    return instance.send(head, body.pipe(limited), this.#stop.signal);
  }

  /** What the platform adds cannot be forged by the client. */
  #toHeaders(): string[] {
    const { name, namespace, functionVersion, memoryMb, timeoutSec } = this.#fn;
    const { region, appId, uin } = this.#deps.account;
    const kept = toPairs(this.#request.headers).filter(
      ([each]) => !HOP_HEADERS.has(each.toLowerCase()) && !/^x-scf-(?!remote-addr$)/iu.test(each),
    );
    const own: [string, string][] = [
      ['X-Scf-Request-Id', this.#requestId],
      ['X-Scf-Memory', String(memoryMb)],
      ['X-Scf-Timeout', String(timeoutSec * 1000)],
      ['X-Scf-Version', functionVersion],
      ['X-Scf-Name', name],
      ['X-Scf-Namespace', namespace],
      ['X-Scf-Region', region],
      ['X-Scf-Appid', appId],
      ['X-Scf-Uin', uin],
      ['Connection', 'close'],
    ];
    return [...kept, ...own].flat();
  }

  async #answer(response: IncomingMessage): Promise<WebAnswer> {
    const { statusCode = 502, rawHeaders } = response;
    response.on('error', () => undefined);
    if (
      Number(valueOf(rawHeaders, 'content-length') ?? 0) > MAX_PAYLOAD_BYTES &&
      this.#request.method !== 'HEAD'
    ) {
      response.destroy();
      return await this.#fail({ kind: 'response-too-large' });
    }
    const body = createLimit(() => this.end({ kind: 'response-too-large' }));
    response.once('end', () => this.end({ kind: 'returned', text: JSON.stringify(`HTTP ${statusCode}`) }));
    response.once('close', () => void this.#onResponseClosed(response, body));
    // Nobody reads on: the client is gone.
    body.once('close', () => this.end({ kind: 'canceled' }));
    void this.#over.promise.then((outcome) => {
      if (outcome.kind !== 'returned')
        body.destroy(new Error(`the function's answer was cut off: ${outcome.kind}`));
    });
    response.pipe(body);
    const headers = toPairs(rawHeaders).filter(([name]) => !HOP_HEADERS.has(name.toLowerCase()));
    return { kind: 'response', requestId: this.#requestId, statusCode, headers: headers.flat(), body };
  }

  async #onResponseClosed(response: IncomingMessage, body: Transform): Promise<void> {
    if (response.complete) return;
    const instance = this.#lease?.instance;
    this.end(instance ? await this.#whyBroken(instance) : { kind: 'web-broken' });
    body.destroy(new Error('the function closed the connection'));
  }

  /** A process that dies closes its connections a moment before its end is known. */
  async #whyBroken(instance: WebInstance): Promise<Outcome> {
    if (instance.hasMetMemoryLimit()) return { kind: 'out-of-memory' };
    const grace = Promise.withResolvers<Outcome>();
    const timer = setTimeout(() => grace.resolve({ kind: 'web-broken' }), DEATH_GRACE_MS);
    const outcome = await Promise.race([this.#over.promise, instance.ended, grace.promise]);
    clearTimeout(timer);
    return outcome;
  }

  async #fail(outcome: Outcome): Promise<WebAnswer> {
    this.end(outcome);
    const first = await this.#over.promise;
    const { statusCode, retMsg } = toAnswer(first, { ...this.#fn, requestId: this.#requestId });
    return { kind: 'failed', requestId: this.#requestId, statusCode, retMsg };
  }

  #recordStart(): void {
    void this.#deps.invocations.start(this.#toStarted()).catch((err: unknown) => this.#warn(err));
  }

  #toStarted(): StartedInvocation {
    const { namespace, name, functionVersion: qualifier } = this.#fn;
    const { trigger, traceId = null } = this.#request;
    const [requestId, startAt] = [this.#requestId, this.#startAt];
    return { requestId, retryNum: 0, namespace, name, qualifier, trigger, traceId, startAt };
  }

  async #finish(outcome: Outcome): Promise<void> {
    const durationMs = this.#startedAt === undefined ? 0 : performance.now() - this.#startedAt;
    const instance = this.#lease?.instance;
    const memUsageBytes = instance?.peakMemoryBytes() ?? 0;
    const isReusable = HARMLESS.has(outcome.kind);
    if (!isReusable) instance?.kill();
    await new Promise((resolve) => setTimeout(resolve, LOG_GRACE_MS));
    this.#lease?.release(isReusable);
    if (!isReusable) await instance?.exited;
    const lines = outcome.kind === 'web-start-failed' ? outcome.lines : (instance?.takeLines() ?? []);
    await this.#record(outcome, { durationMs, memUsageBytes, lines, init: this.#lease?.coldStart });
  }

  async #record(
    outcome: Outcome,
    end: {
      durationMs: number;
      memUsageBytes: number;
      lines: readonly string[];
      init: InitReport | undefined;
    },
  ): Promise<void> {
    const { timeoutSec, memoryMb } = this.#fn;
    const requestId = this.#requestId;
    const report = { requestId, timeoutSec, memoryMb, outcome, ...end };
    const { statusCode, retMsg } = toAnswer(outcome, report);
    const finished = {
      ...this.#toStarted(),
      retCode: toRetCode(outcome),
      statusCode,
      retMsg,
      durationMs: end.durationMs,
      billDurationMs: toBillDurationMs(end.durationMs),
      memUsageBytes: end.memUsageBytes,
      coldStart: end.init !== undefined,
      log: toStoredLog(report),
    };
    await this.#deps.invocations.finish(finished).catch((err: unknown) => this.#warn(err));
  }

  #warn(err: unknown): void {
    const { name } = this.#fn;
    this.#deps.logger.error(
      { err, requestId: this.#requestId, function: name },
      'the log of a function request could not be stored',
    );
  }
}

function createLimit(onExceeded: () => void): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      if (bytes <= MAX_PAYLOAD_BYTES) return done(null, chunk);
      onExceeded();
      done(new Error('over the limit of 6 MB'));
    },
  });
}

function toPairs(raw: readonly string[]): [name: string, value: string][] {
  return raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : []));
}

const valueOf = (raw: readonly string[], wanted: string): string | undefined =>
  toPairs(raw).find(([name]) => name.toLowerCase() === wanted)?.[1];

function toRetCode(outcome: Outcome): number {
  if (outcome.kind === 'returned') return RET_CODE.succeeded;
  return outcome.kind === 'interrupted' ? RET_CODE.interrupted : RET_CODE.failed;
}
