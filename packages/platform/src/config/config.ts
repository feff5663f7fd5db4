import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { EXPECTED, isSecretVariable, settingsSchema, type SettingName, type Settings } from './settings.ts';

/** The configuration of one process: parsed once, frozen, passed down in parts. */
export interface Config {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Absolute. */
  readonly dataFolder: string;
  /** What was given; the rest is made once and kept in the data folder (see loadOrCreateCredentials). */
  readonly credentials: Readonly<GivenCredentials>;
  /** An external PostgreSQL; undefined starts the embedded one. */
  readonly databaseUrl: string | undefined;
  /** How clients reach us, without a slash at the end; undefined when it follows from host and port. */
  readonly publicUrl: string | undefined;
  readonly logLevel: Settings['VODSTACK_LOG_LEVEL'];
  /** Whether URLs that clients give may point into private networks. */
  readonly allowPrivateAddresses: Settings['VODSTACK_ALLOW_PRIVATE_ADDRESSES'];
  readonly ffmpegPath: string | undefined;
  readonly ffprobePath: string | undefined;
  /** How many transcodes run at once; 0 leaves them to other processes. */
  readonly transcodeConcurrency: number;
  /** Which encoder in hardware to use where it works; the default is none. */
  readonly hardware: Settings['VODSTACK_HARDWARE'];
  /** Where media and what is made of them are kept; absolute. */
  readonly blobsFolder: string;
  /** How long a worker that is to stop may go on with what it has begun. */
  readonly drainSec: number;
  /** An ffmpeg that gets no further for this long is ended and counts as failed. */
  readonly stallSec: number;
  /** About the length of the parts that long sources are encoded in; 0 cuts nothing. */
  readonly partSec: number;
  /** Of one file that is fetched from a URL. */
  readonly pullMaxBytes: number;
  /** How long a server that files are fetched from may be silent. */
  readonly pullIdleTimeoutSec: number;
  /** How many calls per second one key may make to one action of the API; 0: as many as it likes. */
  readonly rateLimit: number;
  /** Where the cloud's host names are answered over TLS; undefined takes the usual one, or any free one when that is taken. */
  readonly tlsPort: number | undefined;
  /** Where the proxy for the cloud's host names listens; undefined as above. */
  readonly proxyPort: number | undefined;
  /** Whether the proxy connects to hosts that are not the cloud's. */
  readonly proxyPassthrough: Settings['VODSTACK_PROXY_PASSTHROUGH'];
  /** Python packages for functions, such as the SDK that the cloud's runtime has; absolute. */
  readonly pythonLayer: string | undefined;
  /** Whether tests can move the time forward. */
  readonly virtualClock: boolean;
  /** Whether renditions are made as quickly as can be, for tests. */
  readonly fast: boolean;
  /** How long the logs of functions are kept. */
  readonly functionLogDays: number;
  /** PATH: where programs are looked for. */
  readonly searchPath: string;
}

/** SecretId and SecretKey are given both or not at all. */
export interface GivenCredentials {
  secretId?: string | undefined;
  secretKey?: string | undefined;
  appId?: number | undefined;
}

/** The command line's values; each overrides its environment variable. */
export type ConfigOptions = Readonly<Partial<Record<OptionName, string | number | undefined>>>;

type OptionName =
  | 'port'
  | 'host'
  | 'dataFolder'
  | 'secretId'
  | 'secretKey'
  | 'appId'
  | 'databaseUrl'
  | 'publicUrl'
  | 'logLevel'
  | 'allowPrivateAddresses'
  | 'ffmpegPath'
  | 'ffprobePath'
  | 'transcodeConcurrency'
  | 'hardware'
  | 'blobsFolder'
  | 'drainSec'
  | 'stallSec'
  | 'partSec'
  | 'pullMaxBytes'
  | 'pullIdleTimeoutSec'
  | 'rateLimit'
  | 'tlsPort'
  | 'proxyPort'
  | 'proxyPassthrough'
  | 'pythonLayer'
  | 'virtualClock'
  | 'fast'
  | 'functionLogDays';

const OPTION_VARIABLES: readonly (readonly [OptionName, SettingName])[] = [
  ['port', 'VODSTACK_PORT'],
  ['host', 'VODSTACK_HOST'],
  ['dataFolder', 'VODSTACK_DATA'],
  ['secretId', 'SECRET_ID'],
  ['secretKey', 'SECRET_KEY'],
  ['appId', 'APPID'],
  ['databaseUrl', 'VODSTACK_DATABASE_URL'],
  ['publicUrl', 'VODSTACK_PUBLIC_URL'],
  ['logLevel', 'VODSTACK_LOG_LEVEL'],
  ['allowPrivateAddresses', 'VODSTACK_ALLOW_PRIVATE_ADDRESSES'],
  ['ffmpegPath', 'FFMPEG_PATH'],
  ['ffprobePath', 'FFPROBE_PATH'],
  ['transcodeConcurrency', 'VODSTACK_TRANSCODE_CONCURRENCY'],
  ['hardware', 'VODSTACK_HARDWARE'],
  ['blobsFolder', 'VODSTACK_BLOBS'],
  ['drainSec', 'VODSTACK_DRAIN_SECONDS'],
  ['stallSec', 'VODSTACK_STALL_SECONDS'],
  ['partSec', 'VODSTACK_PART_SECONDS'],
  ['pullMaxBytes', 'VODSTACK_PULL_MAX_BYTES'],
  ['pullIdleTimeoutSec', 'VODSTACK_PULL_IDLE_SECONDS'],
  ['rateLimit', 'VODSTACK_RATE_LIMIT'],
  ['tlsPort', 'VODSTACK_TLS_PORT'],
  ['proxyPort', 'VODSTACK_PROXY_PORT'],
  ['proxyPassthrough', 'VODSTACK_PROXY_PASSTHROUGH'],
  ['pythonLayer', 'VODSTACK_PYTHON_LAYER'],
  ['virtualClock', 'VODSTACK_VIRTUAL_CLOCK'],
  ['fast', 'VODSTACK_FAST'],
  ['functionLogDays', 'VODSTACK_FUNCTION_LOG_DAYS'],
];

export interface ConfigInput {
  env: Readonly<Record<string, string | undefined>>;
  options?: ConfigOptions;
}

/**
 * Reads the whole configuration. An empty value counts as absent.
 *
 * @throws ConfigError with every problem at once
 */
export function loadConfig({ env, options = {} }: ConfigInput): Config {
  const given = collectGiven(env, options);
  const parsed = settingsSchema.safeParse(given);
  const problems = [
    ...(parsed.error?.issues ?? []).map((issue) => toProblem(String(issue.path[0]), given)),
    ...findHalfCredentials(given),
  ];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return toConfig(parsed.data, env['PATH'] ?? '');
}

type Given = Partial<Record<string, string>>;

function collectGiven(env: ConfigInput['env'], options: ConfigOptions): Given {
  const given: Given = {};
  for (const [option, variable] of OPTION_VARIABLES) {
    const value = String(options[option] ?? env[variable] ?? '');
    if (value !== '') given[variable] = value;
  }
  return given;
}

function toProblem(name: string, given: Given): ConfigProblem {
  const got = isSecretVariable(name) ? 'something else (hidden)' : JSON.stringify(given[name]);
  return { name, expected: EXPECTED[name as SettingName], got };
}

function findHalfCredentials(given: Given): ConfigProblem[] {
  const pair = ['SECRET_ID', 'SECRET_KEY'] as const;
  const missing = pair.filter((name) => given[name] === undefined);
  if (missing.length !== 1) return [];
  return missing.map((name) => ({
    name,
    expected: `${EXPECTED[name]}, as the other of the pair is set`,
    got: 'nothing',
  }));
}

function toConfig(settings: Settings, searchPath: string): Config {
  return Object.freeze({
    host: settings.VODSTACK_HOST,
    port: settings.VODSTACK_PORT,
    dataFolder: resolve(settings.VODSTACK_DATA),
    credentials: Object.freeze({
      secretId: settings.SECRET_ID,
      secretKey: settings.SECRET_KEY,
      appId: settings.APPID,
    }),
    databaseUrl: settings.VODSTACK_DATABASE_URL,
    publicUrl: settings.VODSTACK_PUBLIC_URL?.replace(/\/+$/, ''),
    logLevel: settings.VODSTACK_LOG_LEVEL,
    allowPrivateAddresses: settings.VODSTACK_ALLOW_PRIVATE_ADDRESSES,
    ffmpegPath: settings.FFMPEG_PATH,
    ffprobePath: settings.FFPROBE_PATH,
    transcodeConcurrency:
      settings.VODSTACK_TRANSCODE_CONCURRENCY ?? Math.max(1, Math.floor(availableParallelism() / 2)),
    hardware: settings.VODSTACK_HARDWARE,
    blobsFolder: resolve(settings.VODSTACK_BLOBS ?? join(settings.VODSTACK_DATA, 'blobs')),
    drainSec: settings.VODSTACK_DRAIN_SECONDS,
    stallSec: settings.VODSTACK_STALL_SECONDS,
    partSec: settings.VODSTACK_PART_SECONDS,
    pullMaxBytes: settings.VODSTACK_PULL_MAX_BYTES,
    pullIdleTimeoutSec: settings.VODSTACK_PULL_IDLE_SECONDS,
    rateLimit: settings.VODSTACK_RATE_LIMIT,
    tlsPort: settings.VODSTACK_TLS_PORT,
    proxyPort: settings.VODSTACK_PROXY_PORT,
    proxyPassthrough: settings.VODSTACK_PROXY_PASSTHROUGH,
    pythonLayer: settings.VODSTACK_PYTHON_LAYER && resolve(settings.VODSTACK_PYTHON_LAYER),
    virtualClock: settings.VODSTACK_VIRTUAL_CLOCK === 'on',
    fast: settings.VODSTACK_FAST === 'on',
    functionLogDays: settings.VODSTACK_FUNCTION_LOG_DAYS,
    searchPath,
  });
}
