import { readFileSync } from 'node:fs';
import { StartupError, systemErrorCode } from '@vodstack/platform';
import { ConfigError, parseFunctionConfig, type FunctionConfig } from '@vodstack/receiver';
import { z } from 'zod';

/** What `vodstack receive` runs with: the guide's keys, and those of the service. */
export interface ReceiveConfig extends Pick<FunctionConfig, 'connection' | 'definitions' | 'subAppId'> {
  readonly host: string;
  readonly port: number;
  readonly dataFolder: string;
  readonly databaseUrl: string | undefined;
  readonly signKeys: readonly string[];
  readonly pathSecrets: readonly string[];
  /** False: events are stored and outputs recorded, nothing is started in the cloud. */
  readonly transcodes: boolean;
  readonly pulls: boolean;
  readonly confirm: 'off' | 'sample' | 'always';
  /** 0: never. */
  readonly reconcileMinutes: number;
  readonly outputsToken: string | undefined;
  readonly onOutput: OutputHook | undefined;
  readonly allowsPrivateAddresses: boolean;
}

/** What is told of each output: an address, or a program with its arguments. */
export type OutputHook =
  | { readonly url: string; readonly token?: string }
  | { readonly command: readonly string[] };

export interface ReceiveFlags {
  readonly config?: string;
  readonly port?: string;
  readonly host?: string;
  readonly data?: string;
  readonly pull?: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_FILE = 'config.json';
const flag = z.stringbool().or(z.boolean());
const texts = z.union([z.string().transform((text) => text.split(',')), z.array(z.string())]);
const hook = z.union([
  z.strictObject({ url: z.url({ protocol: /^https?$/ }), token: z.string().optional() }),
  z.strictObject({ command: z.array(z.string()).min(1) }),
]);

const service = z.object({
  host: z.string().min(1).default('127.0.0.1'),
  port: z.coerce.number().int().min(0).max(65_535).default(8090),
  data: z.string().min(1).default('./receiver-data'),
  database_url: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  sign_key: texts.default([]),
  path_secret: texts.default([]),
  transcode: flag.default(true),
  pull: flag.default(false),
  confirm: z.enum(['off', 'sample', 'always']).default('off'),
  reconcile_minutes: z.coerce.number().min(0).max(1440).default(10),
  outputs_token: z.string().min(16).optional(),
  on_output: hook.optional(),
  allow_private_addresses: flag.default(false),
});

const GUIDE_KEYS = ['secret_id', 'secret_key', 'region', 'definitions', 'subappid', 'endpoint', 'protocol'];
/** Names that other commands use as well. */
const SHARED_NAMES: Readonly<Record<string, string>> = {
  secret_id: 'SECRET_ID',
  secret_key: 'SECRET_KEY',
  host: 'VODSTACK_HOST',
  port: 'VODSTACK_PORT',
  data: 'VODSTACK_DATA',
  database_url: 'VODSTACK_DATABASE_URL',
};

/**
 * Options come before the environment, the environment before config.json.
 * Every key has a variable: VODSTACK_RECEIVE_ and its name in capitals; lists with commas, `on_output` as JSON.
 * @throws StartupError with every problem at once, and never a value of a secret
 */
export function loadReceiveConfig(env: Environment, flags: ReceiveFlags): ReceiveConfig {
  const fields = { ...readFile(flags.config), ...readEnvironment(env), ...readFlags(flags) };
  const problems: string[] = [];
  const guide = readGuide(fields, problems);
  const parsed = service.safeParse(fields);
  for (const { path, message } of parsed.error?.issues ?? []) problems.push(`${path.join('.')}: ${message}`);
  if (!parsed.success || guide === undefined || problems.length > 0) {
    throw new StartupError(
      `The receiver cannot start:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
    );
  }
  const { data } = parsed;
  return {
    connection: guide.connection,
    definitions: guide.definitions,
    subAppId: guide.subAppId,
    host: data.host,
    port: data.port,
    dataFolder: data.data,
    databaseUrl: data.database_url,
    signKeys: data.sign_key,
    pathSecrets: data.path_secret,
    transcodes: data.transcode,
    pulls: data.pull,
    confirm: data.confirm,
    reconcileMinutes: data.reconcile_minutes,
    outputsToken: data.outputs_token,
    onOutput: toHook(data.on_output),
    allowsPrivateAddresses: data.allow_private_addresses,
  };
}

/** Where the inbox and the record are; all that the commands that only look need. */
export function loadDatabasePlace(
  env: Environment,
  flags: ReceiveFlags,
): Pick<ReceiveConfig, 'dataFolder' | 'databaseUrl'> {
  const fields = { ...readFile(flags.config), ...readEnvironment(env), ...readFlags(flags) };
  const place = service.pick({ data: true, database_url: true }).safeParse(fields);
  if (!place.success) throw new StartupError(z.prettifyError(place.error));
  return { dataFolder: place.data.data, databaseUrl: place.data.database_url };
}

function readGuide(fields: Record<string, unknown>, problems: string[]): FunctionConfig | undefined {
  try {
    const guide = Object.fromEntries(GUIDE_KEYS.map((name) => [name, fields[name]]));
    const { definitions } = guide;
    return parseFunctionConfig({
      ...guide,
      definitions: typeof definitions === 'string' ? definitions.split(',') : definitions,
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.message.replace(/^config\.json: /, '').split('; '));
    return undefined;
  }
}

function readFile(path: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(path ?? DEFAULT_FILE, 'utf8').replace(/^\uFEFF/, ''));
    return z.record(z.string(), z.unknown()).parse(value);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' && path === undefined) return {};
    // What the parser says quotes the text, which holds the secret key.
    throw new StartupError(
      `${path ?? DEFAULT_FILE}: expected a file with one JSON object, got ${code ?? 'text that is none'}.`,
      { cause: code === undefined ? undefined : error },
    );
  }
}

function readEnvironment(env: Environment): Record<string, unknown> {
  const names = [...GUIDE_KEYS, ...Object.keys(service.shape)];
  const given = names.flatMap((name): [string, unknown][] => {
    const value = env[`VODSTACK_RECEIVE_${name.toUpperCase()}`] || env[SHARED_NAMES[name] ?? ''];
    return value ? [[name, name === 'on_output' ? parseJson(value) : value]] : [];
  });
  return Object.fromEntries(given);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function readFlags({ config: _config, ...flags }: ReceiveFlags): Record<string, unknown> {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
}

function toHook(value: z.infer<typeof hook> | undefined): OutputHook | undefined {
  if (value === undefined || 'command' in value) return value;
  return { url: value.url, ...(value.token !== undefined && { token: value.token }) };
}
