import type { DeployedFunction, LaunchExtras } from '@vodstack/functions';
import { redirectEnvironment, redirectPaths, type RedirectPlace } from '@vodstack/platform';
import type { PythonLayer } from './python-layer.ts';

export interface LaunchExtrasOptions {
  readonly dataFolder: string;
  readonly key: { readonly secretId: string; readonly secretKey: string };
  /** Undefined until the server listens. */
  readonly place: () => RedirectPlace | undefined;
  readonly pythonLayer: PythonLayer;
}

/** Set to `off`, a function's variable of this name leaves its connections to the cloud alone. */
const SWITCH = 'VODSTACK_REDIRECT';

/** What functions are started with: led to the local stack, and with the packages that the cloud's runtime has. */
export function createLaunchExtras(options: LaunchExtrasOptions): (fn: DeployedFunction) => LaunchExtras {
  const { dataFolder, pythonLayer } = options;
  const paths = redirectPaths(dataFolder);
  return (fn) => {
    if (fn.runtime.startsWith('Python')) pythonLayer.wish();
    const layer = pythonLayer.folder();
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
