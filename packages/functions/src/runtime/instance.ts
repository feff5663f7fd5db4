import { randomUUID } from 'node:crypto';
import { Duplex } from 'node:stream';
import type { DeployedFunction } from '../function-store.ts';
import { toHandlerPath } from '../handler-path.ts';
import { MAX_PAYLOAD_BYTES } from '../limits.ts';
import type { InitReport } from '../log-text.ts';
import type { Outcome } from '../outcome.ts';
import { HANDLER_EXTENSIONS, toRuntimeKind } from '../runtime-kind.ts';
import type { Account } from './account.ts';
import { parseChildMessage } from './child-message.ts';
import { createFrameDecoder, encodeFrame, type Frame } from './frame-codec.ts';
import type { ProcessStarter } from './function-process.ts';
import type { LaunchPlace } from './launch-place.ts';
import { createLogCollector, type LogCollector } from './log-collector.ts';
import type { MemoryWatch } from './memory-watch.ts';
import { settledOrGuarded, supervise, toStreams, type SupervisedProcess } from './supervised-process.ts';

/** One warm process of one function version. Serves one request at a time. */
export interface Instance {
  readonly fn: DeployedFunction;
  /** Settles once: loaded, or why not (the process is dead then). Never rejects. */
  readonly ready: Promise<{ kind: 'ready'; init: InitReport } | Outcome>;
  /** Resolves when the process and all its output are gone. Never rejects. */
  readonly exited: Promise<void>;
  run(request: RunRequest): Run;
  peakMemoryBytes(): number;
  /** Kills the process and everything that it started. Idempotent. */
  kill(): void;
}

export interface RunRequest {
  requestId: string;
  /** JSON text. */
  event: string;
}

export interface Run {
  /** What the caller gets, as soon as it is known. Never rejects. */
  response: Promise<{ outcome: Outcome; durationMs: number }>;
  /** After the asynchronous rest of the handler, with the log. Never rejects. */
  ended: Promise<RunEnd>;
  /** Ends the run with this outcome and kills the instance. Does nothing once the run is over. */
  cancel(outcome: Outcome): void;
}

export interface RunEnd {
  /** Differs from the response when what came after it failed. */
  outcome: Outcome;
  durationMs: number;
  memUsageBytes: number;
  lines: string[];
  /** Whether the instance may serve another request. */
  isReusable: boolean;
}

export interface InstanceOptions {
  fn: DeployedFunction;
  place: LaunchPlace;
  account: Account;
  starter: ProcessStarter;
  memoryWatch: MemoryWatch;
  initTimeoutMs: number;
}

const FRAME_MARGIN_BYTES = 64 * 1024;

export function launchInstance(options: InstanceOptions): Instance {
  return new ChildInstance(options);
}

interface ActiveRun {
  startedAt: number;
  timer: NodeJS.Timeout;
  response: PromiseWithResolvers<{ outcome: Outcome; durationMs: number }>;
  ended: PromiseWithResolvers<RunEnd>;
  /** What was answered, once it was. */
  answered: Outcome | undefined;
  isFinishing: boolean;
}

class ChildInstance implements Instance {
  readonly fn: DeployedFunction;
  readonly ready: Instance['ready'];
  readonly exited: Promise<void>;
  readonly #process: SupervisedProcess;
  readonly #control: Duplex;
  readonly #logs: LogCollector;
  readonly #init = Promise.withResolvers<{ kind: 'ready'; init: InitReport } | Outcome>();
  readonly #spawnedAt = performance.now();
  readonly #initTimer: NodeJS.Timeout;
  #run: ActiveRun | undefined;

  constructor(options: InstanceOptions) {
    const marker = `\u001e${randomUUID()}`;
    this.fn = options.fn;
    this.ready = this.#init.promise;
    this.#logs = createLogCollector({ marker });
    const started = options.starter.start(options.fn, options.place);
    this.#process = supervise(started, {
      memoryMb: options.fn.memoryMb,
      memoryWatch: options.memoryWatch,
      logs: this.#logs,
      onMemoryExceeded: () => this.#onMemoryExceeded(),
    });
    this.#initTimer = setTimeout(() => this.#failInit({ kind: 'init-timed-out' }), options.initTimeoutMs);
    this.exited = this.#process.gone.then((outcome) => this.#onGone(outcome));
    this.#control = this.#openControl();
    this.#send(toInitHeader(options, { marker, environment: started.environment }));
  }

  run({ requestId, event }: RunRequest): Run {
    if (this.#run) throw new Error('an instance serves one request at a time');
    const run: ActiveRun = {
      startedAt: performance.now(),
      timer: setTimeout(() => void this.#finish(run, { kind: 'timed-out' }), this.#timeoutMs),
      response: Promise.withResolvers(),
      ended: Promise.withResolvers(),
      answered: undefined,
      isFinishing: false,
    };
    this.#run = run;
    this.#send({ type: 'invoke', requestId }, Buffer.from(event));
    // A process that died since it was taken from the pool has no exit left that would end the run.
    if (this.#process.hasExited()) void this.#finish(run, { kind: 'exited' });
    return {
      response: run.response.promise,
      ended: run.ended.promise,
      cancel: (outcome) => void this.#finish(run, outcome),
    };
  }

  peakMemoryBytes(): number {
    return this.#process.peakMemoryBytes();
  }

  kill(): void {
    this.#process.kill();
  }

  get #timeoutMs(): number {
    return this.fn.timeoutSec * 1000;
  }

  #openControl(): Duplex {
    const control = toStreams(this.#process.child)[3];
    if (!(control instanceof Duplex)) throw new Error('the control channel is not a socket');
    const decode = createFrameDecoder({
      maxBodyBytes: MAX_PAYLOAD_BYTES + FRAME_MARGIN_BYTES,
      onFrame: (frame) => this.#onFrame(frame),
    });
    control.on('data', (chunk: Buffer) => this.#guard(() => decode(chunk)));
    // Writing to a process that is closing fails with EPIPE; its exit tells the rest.
    control.on('error', () => undefined);
    return control;
  }

  /** User code can write to the channel: what is not our protocol costs the process its life, nothing else. */
  #guard(action: () => void): void {
    try {
      action();
    } catch {
      this.kill();
    }
  }

  #onMemoryExceeded(): void {
    const outcome: Outcome = { kind: 'out-of-memory' };
    if (this.#run) void this.#finish(this.#run, outcome);
    this.#failInit(outcome);
  }

  #onGone(outcome: Outcome): void {
    clearTimeout(this.#initTimer);
    this.#init.resolve(outcome);
    if (this.#run) void this.#finish(this.#run, outcome);
  }

  #onFrame(frame: Frame): void {
    const message = parseChildMessage(frame);
    switch (message.type) {
      case 'ready':
        this.#onReady(message.functionMs);
        break;
      case 'init-failed':
        this.#failInit(message.outcome);
        break;
      case 'response':
        if (this.#run) this.#answer(this.#run, message.outcome);
        break;
      case 'done':
        if (this.#run) this.#onDone(this.#run, message.failure, message.fatal);
        break;
    }
  }

  #onReady(functionMs: number): void {
    clearTimeout(this.#initTimer);
    const runtimeMs = Math.max(0, performance.now() - this.#spawnedAt - functionMs);
    const memUsageBytes = this.peakMemoryBytes();
    this.#init.resolve({ kind: 'ready', init: { runtimeMs, functionMs, memUsageBytes } });
  }

  #failInit(outcome: Outcome): void {
    clearTimeout(this.#initTimer);
    this.#init.resolve(outcome);
    this.kill();
  }

  #answer(run: ActiveRun, outcome: Outcome): void {
    if (run.answered) return;
    run.answered = outcome;
    run.response.resolve({ outcome, durationMs: this.#durationOf(run, outcome) });
  }

  #onDone(run: ActiveRun, failure: Outcome | undefined, fatal: boolean): void {
    const outcome = failure ?? run.answered ?? { kind: 'exited' };
    void this.#finish(run, outcome, !fatal && run.answered !== undefined);
  }

  async #finish(run: ActiveRun, outcome: Outcome, isReusable = false): Promise<void> {
    if (run.isFinishing) return;
    run.isFinishing = true;
    clearTimeout(run.timer);
    const durationMs = this.#durationOf(run, outcome);
    this.#answer(run, outcome);
    const memUsageBytes = this.peakMemoryBytes();
    if (isReusable) {
      await settledOrGuarded(this.#logs.drained());
    } else {
      this.kill();
      await this.exited;
    }
    this.#run = undefined;
    const lines = this.#logs.take();
    run.ended.resolve({
      outcome,
      durationMs,
      memUsageBytes,
      lines,
      isReusable: isReusable && !this.#process.isKilled(),
    });
  }

  /** A timeout lasts exactly as long as the limit: the timer that enforces it fires a little early or late. */
  #durationOf(run: ActiveRun, outcome: Outcome): number {
    if (outcome.kind === 'timed-out') return this.#timeoutMs;
    return Math.min(performance.now() - run.startedAt, this.#timeoutMs);
  }

  #send(header: object, body: Buffer = Buffer.alloc(0)): void {
    this.#control.cork();
    for (const part of encodeFrame(header, body)) this.#control.write(part);
    this.#control.uncork();
  }
}

function toInitHeader(
  { fn, account }: InstanceOptions,
  { marker, environment }: { marker: string; environment: NodeJS.ProcessEnv | undefined },
): object {
  return {
    type: 'init',
    ...toHandlerPath(fn.handler),
    extensions: HANDLER_EXTENSIONS[toRuntimeKind(fn.runtime) ?? 'node'],
    marker,
    environment,
    timeLimitMs: fn.timeoutSec * 1000,
    maxBytes: MAX_PAYLOAD_BYTES,
    context: toContext(fn, account),
  };
}

/**
 * The documented fields. `environ` names the namespace twice in every capture; the user's own variables are left out
 * of both texts on purpose, because printing the context is what every tutorial does and they may be secrets.
 */
function toContext(fn: DeployedFunction, account: Account): Record<string, string | number> {
  const namespace = `SCF_NAMESPACE=${fn.namespace}`;
  return {
    environ: `${namespace};${namespace}`,
    environment: JSON.stringify({ SCF_NAMESPACE: fn.namespace }),
    function_name: fn.name,
    function_version: fn.functionVersion,
    memory_limit_in_mb: fn.memoryMb,
    namespace: fn.namespace,
    tencentcloud_appid: account.appId,
    tencentcloud_region: account.region,
    tencentcloud_uin: account.uin,
    time_limit_in_ms: fn.timeoutSec * 1000,
  };
}
