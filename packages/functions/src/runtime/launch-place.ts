import type { NetworkPolicy } from './sandbox/bubblewrap-arguments.ts';

/** Where one process finds what it runs. */
export interface LaunchPlace {
  codeFolder: string;
  /** The unpacked layers, merged into one folder: at /opt in the cloud. */
  layerFolder?: string;
  /** What it may reach; holds only inside a sandbox. Default `all`. */
  network?: NetworkPolicy;
}

/** What every process of this server is given besides what its function says. */
export interface LaunchExtras {
  /** A function's own variables of the same names win. */
  environment?: Readonly<Record<string, string>>;
  /** Folders in front of PYTHONPATH. */
  pythonPath?: readonly string[];
  /** Files and folders that these name: processes may read them, under the same paths. */
  readOnlyPaths?: readonly string[];
}
