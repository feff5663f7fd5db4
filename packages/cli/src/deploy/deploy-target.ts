import { loadClientConfig, StartupError } from '@vodstack/platform';
import type { Client as ScfClient } from 'tencentcloud-sdk-nodejs-scf/tencentcloud/services/scf/v20180416/scf_client.js';
import type { Command } from 'commander';
import { Option } from 'commander';
import type { Client as VodClient } from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_client.js';
import { addConnectionOptions, type ConnectionFlags } from '../connection.ts';

export interface TargetFlags extends ConnectionFlags {
  readonly target: 'local' | 'tencent';
  readonly region?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a function goes. */
export interface DeployTarget {
  /** One word for the state file: the same function may be deployed to several places. */
  readonly place: string;
  readonly isCloud: boolean;
  /** Scheme, host and port; undefined: the cloud's own. */
  readonly endpoint: string | undefined;
  readonly key: { readonly secretId: string; readonly secretKey: string };
  scf(region: string): ScfClient;
  vod(region: string): VodClient;
}

/** Of a call to the service; a code package may take its time. */
const TIMEOUT_SEC = 120;

export function addTargetOptions(command: Command): Command {
  return addConnectionOptions(command)
    .addOption(
      new Option('--target <name>', 'where to: this stack, or the real cloud')
        .choices(['local', 'tencent'])
        .default('local'),
    )
    .option('--region <name>', 'the region (default: the file’s, or ap-guangzhou)');
}

/**
 * Opens the function service and the VOD service of the target: the same official clients, with another endpoint.
 * @throws StartupError that says where a key is looked for
 */
export async function openTarget(flags: TargetFlags, env: Environment): Promise<DeployTarget> {
  const isCloud = flags.target === 'tencent';
  const { endpoint, key } = isCloud ? readCloudKey(flags, env) : readLocal(flags, env);
  const settings = (region: string) => ({
    credential: key,
    region,
    profile: { httpProfile: { reqTimeout: TIMEOUT_SEC, ...toHttpProfile(endpoint) } },
  });
  const [scf, vod] = await loadClients();
  return {
    place: endpoint ?? 'tencent',
    isCloud,
    endpoint,
    key,
    scf: (region) => new scf.Client(settings(region)),
    vod: (region) => new vod.Client(settings(region)),
  };
}

/** Here, because the clients take half a second to load, which commands that need none should not wait for. */
function loadClients() {
  return Promise.all([
    import('tencentcloud-sdk-nodejs-scf/tencentcloud/services/scf/v20180416/scf_client.js'),
    import('tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_client.js'),
  ]);
}

function toHttpProfile(endpoint: string | undefined): { endpoint?: string; protocol?: string } {
  if (endpoint === undefined) return {};
  const url = new URL(endpoint);
  return { endpoint: url.host, protocol: `${url.protocol}//` };
}

function readLocal(flags: TargetFlags, env: Environment): Pick<DeployTarget, 'endpoint' | 'key'> {
  const { endpoint, secretId, secretKey } = loadClientConfig(env, {
    endpoint: flags.endpoint,
    dataFolder: flags.data,
  });
  return { endpoint, key: { secretId, secretKey } };
}

/** The names that the vendor's own tools use. */
const CLOUD_KEYS = [
  ['TENCENTCLOUD_SECRET_ID', 'TENCENTCLOUD_SECRET_KEY'],
  ['TENCENT_SECRET_ID', 'TENCENT_SECRET_KEY'],
  ['SECRET_ID', 'SECRET_KEY'],
] as const;

function readCloudKey(flags: TargetFlags, env: Environment): Pick<DeployTarget, 'endpoint' | 'key'> {
  if (flags.endpoint !== undefined && !/^https?:\/\//u.test(flags.endpoint))
    throw new StartupError(`--endpoint must be an http(s) URL, got ${JSON.stringify(flags.endpoint)}.`);
  for (const [idName, keyName] of CLOUD_KEYS) {
    const [secretId, secretKey] = [env[idName], env[keyName]];
    if (secretId && secretKey) return { endpoint: flags.endpoint, key: { secretId, secretKey } };
  }
  throw new StartupError(
    'No key of the cloud was found: set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, or put TENCENT_SECRET_ID and TENCENT_SECRET_KEY into .env beside serverless.yml.',
  );
}
