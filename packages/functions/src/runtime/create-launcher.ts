import type { DeployedFunction } from '../function-store.ts';
import { createProcessStarter, type Isolation } from './function-process.ts';
import { launchInstance, type Instance } from './instance.ts';
import type { LaunchExtras } from './launch-place.ts';
import { createMemoryWatch } from './memory-watch.ts';
import { createSpareProcesses } from './spare-processes.ts';
import type { NetworkPolicy } from './sandbox/bubblewrap-arguments.ts';

export interface RuntimeOptions {
  appId: string | number;
  region: string;
  /** The account's owner, as functions see it. Default: the AppId. */
  uin?: string;
  /** Loading a function may take this long. Default 65 s, as in the cloud. */
  initTimeoutMs?: number;
  /** What every process is given besides what its function says. Asked at every start. */
  extras?: () => LaunchExtras;
  /** False: plain processes, whatever the machine allows. Default true. */
  isSandboxed?: boolean;
  /** What a function may reach; holds only inside sandboxes. Default `all`. */
  networkOf?: (fn: DeployedFunction) => NetworkPolicy;
}

/** Starts instances, the way this machine allows. */
export interface Launcher {
  isolation: Isolation;
  /** @throws LaunchError */
  launch: (fn: DeployedFunction) => Instance;
  /** Ends what was started ahead. */
  stop: () => void;
}

export interface LauncherOptions extends RuntimeOptions {
  /** For files of our own. */
  folder: string;
  folderOf: (codeKey: string) => string;
}

export async function createLauncher(options: LauncherOptions): Promise<Launcher> {
  const { appId, region, uin = String(appId), initTimeoutMs = 65_000, networkOf = () => 'all' } = options;
  const account = { appId: String(appId), uin, region };
  const { folder, extras } = options;
  const direct = await createProcessStarter({ ...options, account });
  const starter = await createSpareProcesses({ starter: direct, folder, extras });
  const memoryWatch = createMemoryWatch();
  return {
    isolation: starter.isolation,
    stop: () => starter.stop(),
    launch: (fn) => {
      const place = { codeFolder: options.folderOf(fn.codeKey), network: networkOf(fn) };
      return launchInstance({ fn, place, account, starter, memoryWatch, initTimeoutMs });
    },
  };
}
