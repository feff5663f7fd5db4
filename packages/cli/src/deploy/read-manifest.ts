import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { StartupError, systemErrorCode } from '@vodstack/platform';
import { parse } from 'yaml';
import { z } from 'zod';
import { manifestSchema } from './manifest-schema.ts';
import type { Manifest } from './manifest.ts';
import { toTriggers } from './manifest-triggers.ts';
import { fillVariables, parseEnvFile } from './manifest-variables.ts';
import type { CodeSource, FunctionPlan, ReadPlan } from './plan.ts';

const NAMES = ['serverless.yml', 'serverless.yaml'] as const;

/** Inputs that ask for what is not here; said once, so that nobody wonders. */
const WITHOUT_EFFECT = [
  'vpcConfig',
  'cfs',
  'layers',
  'deadLetter',
  'cls',
  'image',
  'provisionedNum',
  'installDependency',
];

/** The folder's `serverless.yml` or `.yaml`, or undefined. */
export async function findManifest(folder: string): Promise<{ path: string; text: string } | undefined> {
  for (const name of NAMES) {
    const path = join(folder, name);
    const text = await readIfPresent(path);
    if (text !== undefined) return { path, text };
  }
  return undefined;
}

/** What `.env` beside the manifest sets. The real environment wins over it. */
export async function readEnvFile(folder: string): Promise<Record<string, string>> {
  return parseEnvFile((await readIfPresent(join(folder, '.env'))) ?? '');
}

/**
 * Reads a `serverless.yml` of the component scf.
 * @param stage instead of the file's own
 * @throws StartupError that names the file and everything that is wrong with it
 */
export function parseManifest(
  { path, text }: { path: string; text: string },
  folder: string,
  { env, stage }: { env: Readonly<Record<string, string | undefined>>; stage?: string | undefined },
): ReadPlan {
  const raw = parseYaml(path, text);
  const top = { stage: 'dev', ...raw, ...(stage === undefined ? {} : { stage }) };
  const filled = fillVariables(top, { env, top });
  const parsed = manifestSchema.safeParse(filled);
  if (!parsed.success) throw new StartupError(`${path} cannot be used:\n${z.prettifyError(parsed.error)}`);
  return toPlan(parsed.data, folder);
}

function parseYaml(path: string, text: string): Record<string, unknown> {
  try {
    // Aliases that multiply ("billion laughs") end here, with an error.
    const value: unknown = parse(text, { maxAliasCount: 100 });
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch (error) {
    throw new StartupError(`${path} is not YAML: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  throw new StartupError(`${path} must hold keys and values such as "component: scf".`);
}

function toPlan({ app, stage, name, inputs }: Manifest, folder: string): ReadPlan {
  const events = (inputs.ignoreTriggers ? [] : inputs.events).map(toTriggers);
  const notes = WITHOUT_EFFECT.filter((key) => key in inputs).map(
    (key) => `inputs.${key} has no effect here.`,
  );
  const plan: FunctionPlan = {
    name: inputs.name ?? toFunctionName([name ?? 'function', stage, app].join('-')),
    namespace: inputs.namespace,
    description: inputs.description,
    type: inputs.type === 'web' ? 'HTTP' : 'Event',
    handler: inputs.handler,
    runtime: inputs.runtime,
    region: inputs.region,
    memoryMb: inputs.memorySize,
    timeoutSec: inputs.timeout,
    initTimeoutSec: inputs.initTimeout,
    maxConcurrency: inputs.instanceConcurrencyConfig?.maxConcurrency,
    retryNum: inputs.retryNum,
    messageTtlSec: inputs.msgTTL,
    environment: toEnvironment(inputs),
    triggers: nameOnce(events.flatMap(({ triggers }) => triggers)),
  };
  return {
    plan,
    source: toSource(inputs, folder),
    notes: [...notes, ...events.flatMap((each) => each.notes)],
  };
}

/** Two triggers of a type need two names. */
function nameOnce(triggers: FunctionPlan['triggers']): FunctionPlan['triggers'] {
  const seen = new Set<string>();
  return triggers.map((trigger) => {
    let { name } = trigger;
    for (let n = 2; seen.has(`${trigger.type}/${name}`); n += 1) name = `${trigger.name}-${n}`;
    seen.add(`${trigger.type}/${name}`);
    return { ...trigger, name };
  });
}

/** Without the public network a function of the cloud still has the cloud's own services. */
function toEnvironment({ environment, network, publicAccess }: Manifest['inputs']): Record<string, string> {
  const policy = network ?? (publicAccess === false ? 'vodstack' : undefined);
  return { ...(policy === undefined ? {} : { VODSTACK_NETWORK: policy }), ...environment?.variables };
}

function toSource({ src, entryFile }: Manifest['inputs'], folder: string): CodeSource {
  const { src: place = './', exclude } = typeof src === 'string' ? { src, exclude: [] } : src;
  if (typeof src === 'object' && 'bucket' in src) {
    throw new StartupError(
      'inputs.src names a bucket: only a local folder can be deployed. Give src: ./ instead.',
    );
  }
  return { kind: 'folder', folder: resolve(folder, place), exclude, entryFile };
}

/** Only what a function's name may hold. */
export function toFunctionName(text: string): string {
  const name = text
    .replace(/[^\w-]+/gu, '-')
    .replace(/^[^A-Za-z]+|[-_]+$/gu, '')
    .slice(0, 60);
  return name.length >= 2 ? name : 'function';
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT' || systemErrorCode(error) === 'ENOTDIR') return undefined;
    throw new StartupError(`${path} cannot be read (${systemErrorCode(error) ?? 'unknown'}).`, {
      cause: error,
    });
  }
}
