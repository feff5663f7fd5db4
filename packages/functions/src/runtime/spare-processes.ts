import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeployedFunction } from '../function-store.ts';
import { toRuntimeKind } from '../runtime-kind.ts';
import { fillSlot } from './code-slot.ts';
import type { ProcessStarter, StartedProcess } from './function-process.ts';
import type { LaunchExtras, LaunchPlace } from './launch-place.ts';

export interface SpareProcessesOptions {
  starter: ProcessStarter;
  /** For the folders in which spare processes find their code; on the same file system as the code. */
  folder: string;
  extras?: ((fn: DeployedFunction) => LaunchExtras) | undefined;
}

interface Spare extends StartedProcess {
  slot: string;
}

/** One for each of the kinds used last: runtime, memory and network are fixed when a process starts. */
const MAX_SPARES = 2;
/** After the start that used one up is over. */
const REFILL_AFTER_MS = 300;
/** Variables that only count when a process starts. */
const START_VARIABLES =
  /^(?:NODE_|LD_|PYTHON|UV_|OPENSSL_|SSL_CERT_|MALLOC_|GLIBC_|GCONV_|LOCPATH|LC_|LANG)/u;

/** Starts processes, one step ahead: keeps some that have booted and wait for their code. */
export async function createSpareProcesses(options: SpareProcessesOptions): Promise<ProcessStarter> {
  const folder = join(options.folder, 'slots');
  await rm(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  return new Spares({ ...options, folder });
}

class Spares implements ProcessStarter {
  readonly isolation: ProcessStarter['isolation'];
  readonly #options: SpareProcessesOptions;
  readonly #spares = new Map<string, Spare>();
  readonly #refills = new Set<NodeJS.Timeout>();
  #isStopped = false;

  constructor(options: SpareProcessesOptions) {
    this.#options = options;
    this.isolation = options.starter.isolation;
  }

  start(fn: DeployedFunction, place: LaunchPlace): StartedProcess {
    const { starter } = this.#options;
    if (!isEligible(fn, place)) return starter.start(fn, place);
    const key = this.#keyOf(fn, place);
    const spare = this.#take(key, place.codeFolder);
    this.#refillLater(key, fn, place);
    if (!spare) return starter.start(fn, place);
    return { ...spare, environment: this.environmentOf(fn, { ...place, codeFolder: spare.slot }) };
  }

  environmentOf(fn: DeployedFunction, place: LaunchPlace): NodeJS.ProcessEnv {
    return this.#options.starter.environmentOf(fn, place);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#refills) clearTimeout(timer);
    for (const key of this.#spares.keys()) this.#discard(key);
    await this.#options.starter.stop();
  }

  #keyOf(fn: DeployedFunction, { network }: LaunchPlace): string {
    return JSON.stringify([toRuntimeKind(fn.runtime), fn.memoryMb, network, this.#options.extras?.(fn)]);
  }

  #take(key: string, codeFolder: string): Spare | undefined {
    const spare = this.#spares.get(key);
    try {
      if (!spare || !isAlive(spare.child) || !fillSlot(spare.slot, codeFolder)) return undefined;
    } catch {
      // Such as a limit of links: what is half filled is of no use.
      this.#discard(key);
      return undefined;
    }
    this.#spares.delete(key);
    return spare;
  }

  #refillLater(key: string, fn: DeployedFunction, place: LaunchPlace): void {
    if (this.#isStopped || this.#spares.has(key)) return;
    const timer = setTimeout(() => {
      this.#refills.delete(timer);
      if (!this.#spares.has(key)) this.#startSpare(key, fn, place);
    }, REFILL_AFTER_MS).unref();
    this.#refills.add(timer);
  }

  #startSpare(key: string, fn: DeployedFunction, place: LaunchPlace): void {
    const slot = join(this.#options.folder, randomUUID());
    mkdirSync(slot, { mode: 0o755 });
    const started = this.#options.starter.start(toBlank(fn), { ...place, codeFolder: slot });
    // A process that cannot be started has its exit follow; without a listener the server would go down.
    started.child.on('error', () => undefined);
    started.child.once('close', () => {
      if (this.#spares.get(key)?.slot === slot) this.#spares.delete(key);
      void rm(slot, { recursive: true, force: true }).catch(() => undefined);
    });
    this.#spares.set(key, { ...started, slot });
    for (const oldest of this.#spares.keys()) if (this.#spares.size > MAX_SPARES) this.#discard(oldest);
  }

  #discard(key: string): void {
    const spare = this.#spares.get(key);
    this.#spares.delete(key);
    // Its only child is bwrap's init, which dies with it.
    spare?.child.kill('SIGKILL');
  }
}

function isEligible(fn: DeployedFunction, { layerFolder, relay }: LaunchPlace): boolean {
  return (
    layerFolder === undefined &&
    relay === undefined &&
    !Object.keys(fn.environment).some((name) => START_VARIABLES.test(name))
  );
}

const isAlive = (child: ChildProcess): boolean =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null;

/** Nothing of the function that is not told again when the process gets its code. */
function toBlank(fn: DeployedFunction): DeployedFunction {
  return { ...fn, name: '', namespace: '', environment: {} };
}
