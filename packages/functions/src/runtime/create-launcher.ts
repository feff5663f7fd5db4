import type { DeployedFunction } from '../function-store.ts';
import { createProcessStarter, type Isolation } from './function-process.ts';
import { launchInstance, type Instance } from './instance.ts';
import type { LaunchExtras, LaunchPlace } from './launch-place.ts';
import { createMemoryWatch } from './memory-watch.ts';
import { createSpareProcesses } from './spare-processes.ts';
import { networkOf } from '../network-policy.ts';
import { openRelay, type Relay } from './sandbox/relay.ts';
import { launchWebInstance, type WebInstance } from './web-instance.ts';

export interface RuntimeOptions {
  appId: string | number;
  region: string;
  /** The account's owner, as functions see it. Default: the AppId. */
  uin?: string;
  /** Loading a function may take this long. Default 65 s, as in the cloud. */
  initTimeoutMs?: number;
  /** What every process is given besides what its function says. Asked at every start. */
  extras?: (fn: DeployedFunction) => LaunchExtras;
  /** False: plain processes, whatever the machine allows. Default true. */
  isSandboxed?: boolean;
}

/** Starts instances, the way this machine allows. */
export interface Launcher {
  isolation: Isolation;
  /** @throws LaunchError */
  launch: (fn: DeployedFunction) => Instance;
  /** @throws LaunchError */
  launchWeb: (fn: DeployedFunction) => WebInstance;
  /** Ends what was started ahead, and what is left. */
  stop: () => Promise<void>;
}

export interface LauncherOptions extends RuntimeOptions {
  /** For files of our own. */
  folder: string;
  folderOf: (codeKey: string) => string;
}

export async function createLauncher(options: LauncherOptions): Promise<Launcher> {
  const { appId, region, uin = String(appId), folder, extras } = options;
  const account = { appId: String(appId), uin, region };
  const direct = await createProcessStarter({ ...options, account });
  const starter = await createSpareProcesses({ starter: direct, folder, extras });
  const shared = { account, starter, memoryWatch: createMemoryWatch() };
  const isSandboxed = starter.isolation.kind === 'bubblewrap';
  const placeOf = (fn: DeployedFunction): LaunchPlace => {
    const codeFolder = options.folderOf(fn.codeKey);
    return { codeFolder, network: isSandboxed ? networkOf(fn) : 'all' };
  };
  const openFor = (fn: DeployedFunction): Relay => {
    const network = networkOf(fn);
    const stack = network === 'none' ? undefined : extras?.(fn).stack;
    return openRelay({ stack, isOpen: network === 'all' });
  };
  return {
    isolation: starter.isolation,
    stop: () => starter.stop(),
    launch(fn) {
      const place = placeOf(fn);
      const initTimeoutMs = toInitTimeoutMs(fn, options);
      if (place.network !== 'vodstack') return launchInstance({ ...shared, fn, place, initTimeoutMs });
      return withRelay(openFor(fn), (relay) =>
        launchInstance({ ...shared, fn, place: { ...place, relay }, initTimeoutMs }),
      );
    },
    launchWeb(fn) {
      const initTimeoutMs = toInitTimeoutMs(fn, options);
      return withRelay(openFor(fn), (relay) =>
        launchWebInstance({ ...shared, fn, place: { ...placeOf(fn), relay }, initTimeoutMs }),
      );
    },
  };
}

/** It goes with the instance. */
function withRelay<I extends { exited: Promise<void> }>(relay: Relay, launch: (relay: Relay) => I): I {
  try {
    const instance = launch(relay);
    void instance.exited.then(() => relay.close());
    return instance;
  } catch (error) {
    relay.close();
    throw error;
  }
}

function toInitTimeoutMs({ details }: DeployedFunction, options: RuntimeOptions): number {
  if (details.initTimeoutSec !== undefined) return details.initTimeoutSec * 1000;
  return options.initTimeoutMs ?? 65_000;
}
