import type { FunctionService } from '@vodstack/functions';
import type { Gateway } from '@vodstack/gateway';
import type { VodService } from '@vodstack/vod';
import { z } from 'zod';
import type { Addresses } from '../addresses.ts';
import { buildReceiver } from './build-receiver.ts';
import { OUTPUTS_PATH } from './output-routes.ts';

/** The guide's names: namespace vod_demo, function callback, served at /release/callback. */
export const RECEIVER = { namespace: 'vod_demo', name: 'callback' } as const;

const DEPLOYED_MARK = 'VODSTACK_DEPLOYED';

const GATEWAY_API = {
  serviceName: 'vod_demo',
  environment: 'release',
  path: '/callback',
  method: 'ANY',
} as const;

const TIMEOUT_SEC = 10;
const MEMORY_MB = 128;
const REGION = 'ap-guangzhou';

export interface ReceiverDeps {
  readonly functions: FunctionService;
  readonly gateway: Gateway;
  readonly vod: VodService;
  readonly addresses: Addresses;
  readonly key: { secretId: string; secretKey: string };
  /** What the function shows when it posts to the record. */
  readonly recordToken: string;
}

/**
 * Puts the receiver into the function service and behind the gateway. Deploying what is deployed already changes nothing.
 * @returns the service address, which the callback URL is set to
 */
export async function deployReceiver(deps: ReceiverDeps): Promise<string> {
  const { ownUrl } = deps.addresses;
  if (!(await isSomebodysOwn(deps.functions))) await deployCode(deps, ownUrl);
  const api = await deps.gateway.deployApi({
    ...GATEWAY_API,
    functionNamespace: RECEIVER.namespace,
    functionName: RECEIVER.name,
    integratedResponse: true,
    enableCors: true,
    timeoutSec: TIMEOUT_SEC + 5,
  });
  return `${ownUrl}${api.path}`;
}

/** `vodstack deploy` leaves a mark on what it deploys under the receiver's name: that stays as it is. */
async function isSomebodysOwn(functions: FunctionService): Promise<boolean> {
  const known = (await functions.list()).find(
    ({ namespace, name }) => namespace === RECEIVER.namespace && name === RECEIVER.name,
  );
  return known?.environment[DEPLOYED_MARK] !== undefined;
}

async function deployCode(deps: ReceiverDeps, ownUrl: string): Promise<void> {
  const files = await buildReceiver({
    secret_id: deps.key.secretId,
    secret_key: deps.key.secretKey,
    region: REGION,
    definitions: [100010, 100020],
    subappid: 0,
    endpoint: new URL(ownUrl).host,
    protocol: 'http://',
    record_url: `${ownUrl}${OUTPUTS_PATH}`,
    record_token: deps.recordToken,
  });
  await deps.functions.deploy({
    ...RECEIVER,
    runtime: 'Nodejs20.19',
    handler: 'index.main_handler',
    timeoutSec: TIMEOUT_SEC,
    memoryMb: MEMORY_MB,
    environment: {},
    files,
  });
}

const eventConfig = z.object({ NotificationUrl: z.string(), Mode: z.string() });

/**
 * Points the callback at the receiver when nobody has set one yet, or when it still points at this receiver under an
 * earlier port. A callback that somebody chose is left alone.
 * @returns true when the callback is (now) the receiver's address
 */
export async function pointCallbackAtReceiver(vod: VodService, address: string): Promise<boolean> {
  const call = (action: string, parameters: Record<string, unknown>): Promise<object> =>
    vod.call(action, parameters, new AbortController().signal);
  const config = eventConfig.parse(await call('DescribeEventConfig', {}));
  const current = config.NotificationUrl;
  if (current === address) return config.Mode === 'PUSH';
  const isOurs = current !== '' && new URL(current).pathname === new URL(address).pathname;
  if (current !== '' && !isOurs) return false;
  // Only a configuration that nobody has touched gets its switch turned on as well.
  const first = current === '' ? { Mode: 'PUSH', UploadMediaCompleteEventSwitch: 'ON' } : {};
  await call('ModifyEventConfig', { NotificationUrl: address, ...first });
  return true;
}

/** What the guide's installer does last: an empty POST must get an answer. */
export async function testAddress(address: string): Promise<boolean> {
  try {
    const response = await fetch(address, { method: 'POST', body: '', signal: AbortSignal.timeout(5000) });
    return (await response.text()) !== '';
  } catch {
    return false;
  }
}
