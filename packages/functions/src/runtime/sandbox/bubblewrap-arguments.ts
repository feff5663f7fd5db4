import { lstatSync, readlinkSync } from 'node:fs';
import { dirname } from 'node:path';

/** What a function may reach: every place, only the stack, or nothing. */
export type NetworkPolicy = 'all' | 'vodstack' | 'none';

/** What one sandbox shows and allows. */
export interface SandboxSettings {
  /** Read-only, at /var/user. */
  codeFolder: string;
  /** Read-only, at /opt. */
  layerFolder: string | undefined;
  /** Read-only: outside path → inside path. */
  binds: readonly (readonly [source: string, target: string])[];
  environment: NodeJS.ProcessEnv;
  /** Links inside → where they lead, inside as well. */
  links?: readonly (readonly [path: string, target: string])[];
  /** Whether the sandbox has the network of the machine. */
  isNetworkShared: boolean;
  tmpBytes: number;
  /** What `getpwuid` finds. */
  passwdFile: string;
}

/** How this machine lets us make one: as root with a user of its own, or in a user namespace. */
export type SandboxVariant = 'root' | 'user-namespace';

export const SANDBOX_CODE = '/var/user';
export const SANDBOX_LAYERS = '/opt';
const SHARED_MEMORY_BYTES = 64 * 1024 * 1024;
const NAMESPACES =
  `--die-with-parent --new-session --unshare-pid --unshare-ipc --unshare-uts --unshare-cgroup-try
  --hostname vodstack`.split(/\s+/u);
const OWN_SYSTEMS = ['--proc', '/proc', '--dev', '/dev'];
const CLOSING = ['--remount-ro', '/dev', '--remount-ro', '/', '--chdir', SANDBOX_CODE, '--clearenv'];
const SYSTEM_FOLDERS = ['/bin', '/sbin', '/lib', '/lib32', '/lib64'];
/** What name look-up, TLS and the dynamic loader read; nothing that holds a secret. */
const ETC_PATHS = [
  'alternatives',
  'ca-certificates',
  'hosts',
  'ld.so.cache',
  'localtime',
  'mime.types',
  'nsswitch.conf',
  'pki',
  'protocols',
  'resolv.conf',
  'services',
  'ssl/certs',
  'ssl/openssl.cnf',
];

/** The arguments of bwrap up to the command. */
export function toBubblewrapArguments(
  settings: SandboxSettings,
  { variant, uid }: { variant: SandboxVariant; uid: number },
): string[] {
  const { codeFolder, layerFolder, binds, links = [], passwdFile, tmpBytes } = settings;
  const mounts = [
    ...ETC_PATHS.map((name) => [`/etc/${name}`, `/etc/${name}`] as const),
    ...binds,
    [passwdFile, '/etc/passwd'] as const,
    [codeFolder, SANDBOX_CODE] as const,
    ...(layerFolder === undefined ? [] : [[layerFolder, SANDBOX_LAYERS] as const]),
  ];
  return [
    ...NAMESPACES,
    ...(variant === 'root'
      ? ['--cap-add', 'CAP_SETUID', '--cap-add', 'CAP_SETGID']
      : ['--unshare-user', '--uid', String(uid), '--gid', String(uid)]),
    ...(settings.isNetworkShared ? [] : ['--unshare-net']),
    ...['/usr', ...SYSTEM_FOLDERS].flatMap(toSystemFolder),
    // Before the mounts: what leads functions here may lie in a data folder below /tmp.
    ...toTmpfs('/tmp', tmpBytes),
    ...toParents([...mounts.map(([, target]) => target), ...links.map(([path]) => path)]).flatMap((path) => [
      '--perms',
      '0755',
      '--dir',
      path,
    ]),
    ...mounts.flatMap(([source, target]) => ['--ro-bind-try', source, target]),
    ...links.flatMap(([path, target]) => ['--symlink', target, path]),
    ...OWN_SYSTEMS,
    ...toTmpfs('/dev/shm', SHARED_MEMORY_BYTES),
    ...CLOSING,
    ...Object.entries(settings.environment).flatMap(([name, value = '']) => ['--setenv', name, value]),
  ];
}

function toTmpfs(path: string, bytes: number): string[] {
  return ['--perms', '1777', '--size', String(bytes), '--tmpfs', path];
}

/** A link into /usr on most systems, a folder on others, absent on some. */
function toSystemFolder(path: string): string[] {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return [];
  return stats.isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path];
}

/** Made by us: run as root, bwrap makes the parents of a mount point for root alone. */
function toParents(targets: readonly string[]): string[] {
  // What tries to write to a home folder is told that it is read-only, as in the cloud.
  const parents = new Set<string>(['/home']);
  for (const target of targets) {
    for (let path = dirname(target); path !== '/'; path = dirname(path)) parents.add(path);
  }
  return [...parents].filter((path) => path !== '/usr' && !path.startsWith('/usr/')).toSorted();
}
