import { basename, join, resolve } from 'node:path';
import { readdir } from 'node:fs/promises';
import { StartupError, systemErrorCode } from '@vodstack/platform';
import { toHttpTrigger, toTriggers } from './manifest-triggers.ts';
import { findManifest, parseManifest, readEnvFile, toFunctionName } from './read-manifest.ts';
import type { FunctionPlan, ReadPlan } from './plan.ts';

/** What the command line says about the function; each wins over the file. */
export interface PlanFlags {
  readonly name?: string;
  readonly namespace?: string;
  readonly handler?: string;
  readonly runtime?: string;
  readonly memory?: number;
  readonly timeout?: number;
  readonly region?: string;
  readonly stage?: string;
  readonly env?: readonly string[];
  readonly network?: 'all' | 'vodstack' | 'none';
  readonly trigger?: 'apigw' | 'http' | 'none';
  readonly path?: string;
}

/** The guide's names: namespace vod_demo, function callback, served at /release/callback. */
const RECEIVER: FunctionPlan = {
  name: 'callback',
  namespace: 'vod_demo',
  description: 'Receives the event notifications of VOD',
  type: 'Event',
  handler: 'index.main_handler',
  runtime: 'Nodejs20.19',
  region: 'ap-guangzhou',
  memoryMb: 128,
  timeoutSec: 10,
  initTimeoutSec: undefined,
  // Tells the server that this deployment is somebody's own.
  environment: { VODSTACK_DEPLOYED: 'cli' },
  triggers: toApi({
    serviceName: 'vod_demo',
    path: '/callback',
    method: 'ANY',
    isIntegrated: true,
    timeoutSec: 15,
  }),
};

/** The folder's variables from `.env`, under those of the environment. */
export async function readEnvironment(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Record<string, string | undefined>> {
  return { ...(await readEnvFile(folder)), ...env };
}

/**
 * The plan of a folder: its serverless.yml, or what its files suggest; without a folder the receiver of VOD's notifications.
 * Flags win over both.
 */
export async function readPlan(
  given: string | undefined,
  flags: PlanFlags,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ReadPlan> {
  const folder = resolve(given ?? '.');
  const manifest = await findManifest(folder);
  if (manifest) {
    const read = parseManifest(manifest, folder, { env, stage: flags.stage });
    return { ...read, plan: applyFlags(read.plan, flags) };
  }
  if (given === undefined)
    return { plan: applyFlags(RECEIVER, flags), source: { kind: 'receiver' }, notes: [] };
  const plan = applyFlags(await suggestPlan(folder), flags);
  return { plan, source: { kind: 'folder', folder, exclude: [] }, notes: [] };
}

async function suggestPlan(folder: string): Promise<FunctionPlan> {
  const names = new Set(await readNames(folder));
  const isPython = names.has('index.py');
  const isWeb = names.has('scf_bootstrap');
  if (
    !isPython &&
    !isWeb &&
    !['index.js', 'index.mjs', 'index.cjs', 'index.ts'].some((name) => names.has(name))
  ) {
    throw new StartupError(
      `${folder} has neither a serverless.yml nor an index.js, index.ts, index.py or scf_bootstrap: expected one of them. Give --handler's file that name, or write ${join(folder, 'serverless.yml')}.`,
    );
  }
  const name = toFunctionName(basename(folder));
  return {
    ...RECEIVER,
    name,
    namespace: 'default',
    description: '',
    type: isWeb ? 'HTTP' : 'Event',
    runtime: isPython ? 'Python3.10' : 'Nodejs20.19',
    environment: {},
    triggers: toApi({
      serviceName: 'serverless',
      path: `/${name}`,
      method: 'ANY',
      isIntegrated: true,
      timeoutSec: 15,
    }),
  };
}

async function readNames(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    throw new StartupError(`The folder ${folder} cannot be read (${systemErrorCode(error) ?? 'unknown'}).`, {
      cause: error,
    });
  }
}

function toApi(api: {
  serviceName: string;
  path: string;
  method: string;
  isIntegrated: boolean;
  timeoutSec: number;
}): FunctionPlan['triggers'] {
  const endpoint = {
    path: api.path,
    method: api.method,
    enableCORS: true,
    serviceTimeout: api.timeoutSec,
    function: { isIntegratedResponse: api.isIntegrated },
  };
  const parameters = { serviceName: api.serviceName, environment: 'release', endpoints: [endpoint] };
  return toTriggers({ apigw: { parameters } }).triggers;
}

function applyFlags(plan: FunctionPlan, flags: PlanFlags): FunctionPlan {
  const { name = plan.name, namespace = plan.namespace, handler = plan.handler } = flags;
  const { runtime = plan.runtime, region = plan.region } = flags;
  return {
    ...plan,
    name,
    namespace,
    handler,
    runtime,
    region,
    memoryMb: flags.memory ?? plan.memoryMb,
    timeoutSec: flags.timeout ?? plan.timeoutSec,
    environment: {
      ...plan.environment,
      ...(flags.network === undefined ? {} : { VODSTACK_NETWORK: flags.network }),
      ...parsePairs(flags.env ?? []),
    },
    triggers: chooseTriggers({ ...plan, name }, flags),
  };
}

function chooseTriggers(
  { name, triggers }: FunctionPlan,
  { trigger, path }: PlanFlags,
): FunctionPlan['triggers'] {
  if (trigger === 'none') return [];
  if (trigger === 'http')
    return [toHttpTrigger({ name: 'url-trigger', qualifier: '$DEFAULT', authType: 'NONE' })];
  if (trigger === undefined && path === undefined) return triggers;
  return toApi({
    serviceName: 'serverless',
    path: path ?? `/${name}`,
    method: 'ANY',
    isIntegrated: true,
    timeoutSec: 15,
  });
}

function parsePairs(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new StartupError(`--env expects NAME=value, got ${JSON.stringify(pair)}.`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
