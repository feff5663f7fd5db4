import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { DeployedFunction } from '../function-store.ts';

/** Who the functions run as, in the cloud's terms. */
export interface Account {
  appId: string;
  uin: string;
  region: string;
}

/** Starts the operating system process of one instance. */
export type StartProcess = (fn: DeployedFunction, codeFolder: string) => ChildProcess;

const BOOTSTRAP = fileURLToPath(new URL('node-bootstrap.cjs', import.meta.url));
const SETPRIV_PATHS = ['/usr/bin/setpriv', '/bin/setpriv', '/usr/local/bin/setpriv'];
/** Below this much heap Node has trouble to start at all. */
const MIN_HEAP_MB = 64;

/**
 * Decides how processes are started on this machine: under `setpriv --pdeathsig` where it exists, so that even a
 * function in a busy loop dies with a server that was killed; elsewhere the bootstrap notices the closed channel.
 */
export async function createProcessStarter(account: Account): Promise<StartProcess> {
  const setpriv = await findSetpriv();
  const file = setpriv ?? process.execPath;
  const prefix = setpriv ? ['--pdeathsig', 'KILL', process.execPath] : [];
  return (fn, codeFolder) => {
    return spawn(file, [...prefix, ...toNodeOptions(fn), BOOTSTRAP], {
      cwd: codeFolder,
      env: toEnvironment(fn, codeFolder, account),
      // Leads a process group of its own, so that whatever the function started can be killed with it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
  };
}

/** A probe, not a look at the file: BusyBox's setpriv has no --pdeathsig. */
async function findSetpriv(): Promise<string | undefined> {
  for (const path of SETPRIV_PATHS) {
    const probe = promisify(execFile)(path, ['--pdeathsig', 'KILL', path, '--version'], { timeout: 10_000 });
    const works = await probe.then(
      () => true,
      () => false,
    );
    if (works) return path;
  }
  return undefined;
}

function toNodeOptions({ memoryMb }: DeployedFunction): string[] {
  return [
    `--max-old-space-size=${Math.max(MIN_HEAP_MB, memoryMb)}`,
    // Says that an ES module in a .js file costs a second parse: no use in the log of a request.
    '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
    // The official SDK still uses punycode and url.parse(): two deprecation warnings in every log that it appears in.
    '--disable-warning=DEP0040',
    '--disable-warning=DEP0169',
  ];
}

/** Nothing of the server's environment: it holds keys. A user may set TZ or PATH, never a reserved name. */
function toEnvironment(fn: DeployedFunction, codeFolder: string, account: Account): NodeJS.ProcessEnv {
  return {
    PATH: `${dirname(process.execPath)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOME: '/tmp',
    PWD: codeFolder,
    TZ: 'UTC',
    LANG: 'en_US.UTF8',
    LC_ALL: 'en_US.UTF8',
    USER: 'qcloud',
    LOGNAME: 'qcloud',
    NODE_PATH: `${codeFolder}:${codeFolder}/node_modules`,
    ...fn.environment,
    USER_CODE_ROOT: `${codeFolder}/`,
    SCF_RUNTIME: fn.runtime,
    SCF_FUNCTIONNAME: fn.name,
    SCF_FUNCTIONVERSION: '$LATEST',
    SCF_NAMESPACE: fn.namespace,
    TENCENTCLOUD_REGION: account.region,
    TENCENTCLOUD_APPID: account.appId,
    TENCENTCLOUD_UIN: account.uin,
    TENCENTCLOUD_TZ: 'UTC',
    TENCENTCLOUD_RUNENV: 'SCF',
  };
}
