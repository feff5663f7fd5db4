import type { NetworkPolicy } from './sandbox/bubblewrap-arguments.ts';
import type { Relay, StackPlace } from './sandbox/relay.ts';

/** Where one process finds what it runs. */
export interface LaunchPlace {
  codeFolder: string;
  /** The unpacked layers, merged into one folder: at /opt in the cloud. */
  layerFolder?: string;
  /** What it may reach; holds only inside a sandbox. Default `all`. */
  network?: NetworkPolicy;
  /** The way in and out of a sandbox without the machine's network. */
  relay?: Relay;
}

/** What every process of this server is given besides what its function says. */
export interface LaunchExtras {
  /** A function's own variables of the same names win. */
  environment?: Readonly<Record<string, string>>;
  /** Folders in front of PYTHONPATH. */
  pythonPath?: readonly string[];
  /** Files and folders that these name: processes may read them, under the same paths. */
  readOnlyPaths?: readonly string[];
  /** What functions without the machine's network reach all the same, at 127.0.0.1. */
  stack?: StackPlace;
}
