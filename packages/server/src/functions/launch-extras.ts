import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DeployedFunction, LaunchExtras } from '@vodstack/functions';
import { redirectEnvironment, redirectPaths, type RedirectPlace, writeDurably } from '@vodstack/platform';

export interface LaunchExtrasOptions {
  readonly dataFolder: string;
  readonly key: { readonly secretId: string; readonly secretKey: string };
  /** Undefined until the server listens. */
  readonly place: () => RedirectPlace | undefined;
  /** A folder with the Python packages that the cloud's runtime brings along. */
  readonly pythonLayer: string | undefined;
}

/** Set to `off`, a function's variable of this name leaves its connections to the cloud alone. */
const SWITCH = 'VODSTACK_REDIRECT';

/** What functions are started with: led to the local stack, and with the packages that the cloud's runtime has. */
export function createLaunchExtras(options: LaunchExtrasOptions): (fn: DeployedFunction) => LaunchExtras {
  const { dataFolder, pythonLayer = defaultLayer(dataFolder) } = options;
  const paths = redirectPaths(dataFolder);
  return (fn) => {
    const layer = existsSync(pythonLayer) ? pythonLayer : hintFolder(dataFolder);
    const place = options.place();
    if (!place || fn.environment[SWITCH]?.toLowerCase() === 'off') {
      const stack = place && { address: place.address, ports: [place.httpPort] };
      return { pythonPath: [layer], readOnlyPaths: [layer], ...(stack ? { stack } : {}) };
    }
    const { address, httpPort, tlsPort } = place;
    return {
      stack: { address, ports: [httpPort, tlsPort] },
      environment: toVariables(fn, options, place),
      pythonPath: [paths.pythonFolder, layer],
      readOnlyPaths: [paths.preload, paths.authority, paths.bundle, paths.pythonFolder, layer],
    };
  };
}

/** The account's key only for a function with an execution role, as in the cloud. */
function toVariables(
  fn: DeployedFunction,
  { dataFolder, key }: LaunchExtrasOptions,
  place: RedirectPlace,
): Record<string, string> {
  const all = redirectEnvironment({ dataFolder, place, key });
  const hasRole = typeof fn.details.shown?.['Role'] === 'string' && fn.details.shown['Role'] !== '';
  const isKept = (name: string): boolean =>
    !['PYTHONPATH', 'VODSTACK_DATA'].includes(name) && (hasRole || !name.startsWith('TENCENTCLOUD_SECRET'));
  return Object.fromEntries(Object.entries(all).filter(([name]) => isKept(name)));
}

const defaultLayer = (dataFolder: string): string => join(dataFolder, 'layers', 'python');
const hintFolder = (dataFolder: string): string => join(dataFolder, 'redirect', 'python-hint');

/** Stands in for the SDK while there is no layer: importing it then says what to do. */
export async function writePythonHint(dataFolder: string): Promise<void> {
  const layer = defaultLayer(dataFolder);
  const advice = `tencentcloud-sdk-python is not installed for functions: run "python3 -m pip install --target ${layer} tencentcloud-sdk-python-vod" (any of the SDK's packages), name a folder with it in VODSTACK_PYTHON_LAYER, or pack it with the function.`;
  await writeDurably(
    join(hintFolder(dataFolder), 'tencentcloud', '__init__.py'),
    `raise ModuleNotFoundError(${JSON.stringify(advice)}, name="tencentcloud")\n`,
    0o644,
  );
}
