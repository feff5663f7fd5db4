import { dirname } from 'node:path';
import type { DeployedFunction } from '../function-store.ts';
import type { Account } from './account.ts';
import type { LaunchExtras } from './launch-place.ts';

/** As the process itself sees it: inside a sandbox, paths differ. */
export interface EnvironmentPlace {
  codeFolder: string;
  layerFolders: readonly string[];
  /** The executable that runs the function. */
  interpreter: string;
}

/** Nothing of the server's environment: it holds keys. A user may set TZ or PATH, never a reserved name. */
export function toEnvironment(
  fn: DeployedFunction,
  place: EnvironmentPlace,
  { account, extras: getExtras }: { account: Account; extras?: (() => LaunchExtras) | undefined },
): NodeJS.ProcessEnv {
  const { codeFolder, layerFolders, interpreter } = place;
  const extras = getExtras?.() ?? {};
  const layerModules = layerFolders.map((folder) => `${folder}/node_modules`);
  return {
    PATH: `${dirname(interpreter)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOME: '/tmp',
    PWD: codeFolder,
    TZ: 'UTC',
    LANG: 'en_US.UTF8',
    LC_ALL: 'en_US.UTF8',
    USER: 'qcloud',
    LOGNAME: 'qcloud',
    NODE_PATH: [codeFolder, `${codeFolder}/node_modules`, ...layerFolders, ...layerModules].join(':'),
    PYTHONPATH: [...(extras.pythonPath ?? []), codeFolder, ...layerFolders].join(':'),
    PYTHONDONTWRITEBYTECODE: 'x',
    // The locale may not exist on this machine; the cloud's texts are UTF-8 anyway.
    PYTHONIOENCODING: 'utf-8',
    ...extras.environment,
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
