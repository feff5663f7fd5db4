import { request as httpRequest, type IncomingMessage } from 'node:http';
import { Duplex, type Readable } from 'node:stream';
import { randomUUID } from 'node:crypto';
import type { DeployedFunction } from '../function-store.ts';
import type { InitReport } from '../log-text.ts';
import type { Outcome } from '../outcome.ts';
import { WEB_PORT } from '../web-function.ts';
import type { ProcessStarter } from './function-process.ts';
import type { LaunchPlace } from './launch-place.ts';
import { createLogCollector, type LogCollector } from './log-collector.ts';
import type { MemoryWatch } from './memory-watch.ts';
import type { Relay } from './sandbox/relay.ts';
import { supervise, toStreams, type SupervisedProcess } from './supervised-process.ts';

/** A warm process of a web function: a server of its own, on port 9000 of its own network. */
export interface WebInstance {
  readonly fn: DeployedFunction;
  /** Settles once: listened on, or why not (the process is dead then). Never rejects. */
  readonly ready: Promise<{ kind: 'ready'; init: InitReport } | Outcome>;
  readonly exited: Promise<void>;
  /** Sends a request as it is. @throws when the connection breaks before the answer begins */
  send(head: WebRequestHead, body: Readable, signal: AbortSignal): Promise<IncomingMessage>;
  /** How the process ended, once it has. */
  readonly ended: Promise<Outcome>;
  peakMemoryBytes(): number;
  /** The kernel has ended it for the memory that it took. */
  hasMetMemoryLimit(): boolean;
  /** What it has written since it was asked last. */
  takeLines(): string[];
  kill(): void;
}

export interface WebRequestHead {
  method: string;
  /** With its query, as it came. */
  url: string;
  /** Names and values in turn. */
  headers: readonly string[];
}

export interface WebInstanceOptions {
  fn: DeployedFunction;
  place: LaunchPlace & { relay: Relay };
  starter: ProcessStarter;
  memoryWatch: MemoryWatch;
  initTimeoutMs: number;
}

const MAX_CONTROL_CHARS = 4096;
const CONNECT_TIMEOUT_MS = 5_000;

export function launchWebInstance(options: WebInstanceOptions): WebInstance {
  return new WebProcess(options);
}

class WebProcess implements WebInstance {
  readonly fn: DeployedFunction;
  readonly ready: WebInstance['ready'];
  readonly exited: Promise<void>;
  readonly ended: Promise<Outcome>;
  readonly #process: SupervisedProcess;
  readonly #relay: Relay;
  readonly #control: Duplex;
  readonly #logs: LogCollector = createLogCollector({ marker: `\u001e${randomUUID()}` });
  readonly #init = Promise.withResolvers<{ kind: 'ready'; init: InitReport } | Outcome>();
  readonly #spawnedAt = performance.now();
  readonly #initTimer: NodeJS.Timeout;
  readonly #initTimeoutMs: number;
  #isOnLoopback = false;
  #isTooLate = false;
  #hasListened = false;
  #killedBy: Outcome | undefined;
  #lastId = 0;

  constructor({ fn, place, starter, memoryWatch, initTimeoutMs }: WebInstanceOptions) {
    this.fn = fn;
    this.ready = this.#init.promise;
    this.#relay = place.relay;
    this.#initTimeoutMs = initTimeoutMs;
    this.#process = supervise(starter.start(fn, place), {
      memoryMb: fn.memoryMb,
      memoryWatch,
      logs: this.#logs,
      onMemoryExceeded: () => this.#onMemoryExceeded(),
    });
    this.#initTimer = setTimeout(() => this.#onTooLate(), initTimeoutMs);
    this.ended = this.#process.gone.then((outcome) => this.#killedBy ?? outcome);
    this.exited = this.ended.then((outcome) => this.#onGone(outcome));
    this.#control = this.#openControl();
  }

  send(
    { method, url, headers }: WebRequestHead,
    body: Readable,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const request = httpRequest({
        method,
        path: url,
        headers,
        setHost: false,
        signal,
        createConnection: (_, onCreate) => {
          this.#open(signal).then(
            (socket) => onCreate(null, socket),
            (error: Error) => onCreate(error, new Duplex()),
          );
          return undefined;
        },
      });
      request.once('response', resolve);
      request.once('error', reject);
      // A server that answers before it has read everything may close: its answer counts.
      body.once('error', (error) => request.destroy(error));
      body.pipe(request);
    });
  }

  peakMemoryBytes(): number {
    return this.#process.peakMemoryBytes();
  }

  hasMetMemoryLimit(): boolean {
    return this.#process.hasMetMemoryLimit();
  }

  takeLines(): string[] {
    return this.#logs.take();
  }

  kill(): void {
    this.#process.kill();
  }

  #open(signal: AbortSignal): Promise<Duplex> {
    this.#lastId += 1;
    const limited = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]);
    const accepted = this.#relay.accept(this.#lastId, limited);
    this.#control.write(`${JSON.stringify({ open: this.#lastId })}\n`);
    return accepted;
  }

  #openControl(): Duplex {
    const control = toStreams(this.#process.child)[3];
    if (!(control instanceof Duplex)) throw new Error('the control channel is not a socket');
    let text = '';
    control.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const lines = text.split('\n');
      text = (lines.pop() ?? '').slice(0, MAX_CONTROL_CHARS);
      for (const line of lines) this.#onMessage(line);
    });
    control.on('error', () => undefined);
    return control;
  }

  #onMessage(line: string): void {
    if (line === '{"type":"loopback"}') this.#isOnLoopback = true;
    if (line !== '{"type":"ready"}') return;
    clearTimeout(this.#initTimer);
    this.#hasListened = true;
    const runtimeMs = performance.now() - this.#spawnedAt;
    const memUsageBytes = this.peakMemoryBytes();
    this.#init.resolve({ kind: 'ready', init: { runtimeMs, functionMs: 0, memUsageBytes } });
  }

  #onMemoryExceeded(): void {
    this.#killedBy = { kind: 'out-of-memory' };
    this.kill();
  }

  #onTooLate(): void {
    this.#isTooLate = true;
    this.kill();
  }

  #onGone(outcome: Outcome): void {
    clearTimeout(this.#initTimer);
    if (this.#hasListened) return;
    if (this.#isTooLate) this.#failStart(446, `PortBindingFailed: ${this.#whatListens()}`);
    else if (outcome.kind === 'exited') {
      this.#failStart(
        405,
        `ContainerStateExited: scf_bootstrap ended before it listened on port ${WEB_PORT}`,
      );
    } else {
      this.#init.resolve(outcome);
    }
  }

  #whatListens(): string {
    return this.#isOnLoopback
      ? `the server listens on 127.0.0.1:${WEB_PORT} only, 0.0.0.0:${WEB_PORT} is expected`
      : `nothing listened on 0.0.0.0:${WEB_PORT} within ${this.#initTimeoutMs / 1000} seconds`;
  }

  #failStart(statusCode: number, message: string): void {
    this.#init.resolve({ kind: 'web-start-failed', statusCode, message, lines: this.takeLines() });
  }
}
