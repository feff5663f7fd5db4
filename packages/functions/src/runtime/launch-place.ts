/** Where one process finds what it runs. */
export interface LaunchPlace {
  codeFolder: string;
  /** Folders of unpacked layers, in the order of their precedence: at /opt in the cloud. */
  layerFolders?: readonly string[];
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
