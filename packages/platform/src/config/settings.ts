import { z } from 'zod';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const PRIVATE_ADDRESS_POLICIES = ['auto', 'always', 'never'] as const;
const HARDWARE = ['off', 'auto', 'nvenc', 'qsv', 'vaapi'] as const;
const SWITCH = ['off', 'on'] as const;
const PASSTHROUGH_POLICIES = ['never', 'always'] as const;

/** Every setting under the name of its environment variable. Values come as text, from the environment or the command line. */
export const settingsSchema: z.ZodType<Settings> = z.object({
  VODSTACK_PORT: integer(0, 65_535).default(8080),
  VODSTACK_HOST: z
    .string()
    .regex(/^[\w.:%-]+$/)
    .default('127.0.0.1'),
  VODSTACK_DATA: z.string().default('./data'),
  SECRET_ID: z
    .string()
    .regex(/^[\w-]{4,128}$/)
    .optional(),
  SECRET_KEY: z
    .string()
    .regex(/^\S{8,128}$/)
    .optional(),
  APPID: integer(1, 9_999_999_999).optional(),
  VODSTACK_DATABASE_URL: urlOf('postgres:', 'postgresql:').optional(),
  VODSTACK_PUBLIC_URL: urlOf('http:', 'https:').optional(),
  VODSTACK_LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
  VODSTACK_ALLOW_PRIVATE_ADDRESSES: z.enum(PRIVATE_ADDRESS_POLICIES).default('auto'),
  FFMPEG_PATH: z.string().optional(),
  FFPROBE_PATH: z.string().optional(),
  VODSTACK_TRANSCODE_CONCURRENCY: integer(0, 256).optional(),
  VODSTACK_HARDWARE: z.enum(HARDWARE).default('off'),
  VODSTACK_BLOBS: z.string().optional(),
  VODSTACK_DRAIN_SECONDS: integer(0, 86_400).default(25),
  VODSTACK_STALL_SECONDS: integer(1, 86_400).default(120),
  VODSTACK_PART_SECONDS: integer(0, 86_400).default(40),
  VODSTACK_PULL_MAX_BYTES: integer(1, 10 ** 14).default(50 * 10 ** 9),
  VODSTACK_PULL_IDLE_SECONDS: integer(1, 3600).default(30),
  VODSTACK_RATE_LIMIT: integer(0, 1_000_000).default(0),
  VODSTACK_TLS_PORT: integer(0, 65_535).optional(),
  VODSTACK_PROXY_PORT: integer(0, 65_535).optional(),
  VODSTACK_PROXY_PASSTHROUGH: z.enum(PASSTHROUGH_POLICIES).default('never'),
  VODSTACK_PYTHON_LAYER: z.string().optional(),
  VODSTACK_VIRTUAL_CLOCK: z.enum(SWITCH).default('off'),
  VODSTACK_FAST: z.enum(SWITCH).default('off'),
  VODSTACK_FUNCTION_LOG_DAYS: integer(1, 3650).default(7),
});

export interface Settings {
  VODSTACK_PORT: number;
  VODSTACK_HOST: string;
  VODSTACK_DATA: string;
  SECRET_ID?: string | undefined;
  SECRET_KEY?: string | undefined;
  APPID?: number | undefined;
  VODSTACK_DATABASE_URL?: string | undefined;
  VODSTACK_PUBLIC_URL?: string | undefined;
  VODSTACK_LOG_LEVEL: (typeof LOG_LEVELS)[number];
  VODSTACK_ALLOW_PRIVATE_ADDRESSES: (typeof PRIVATE_ADDRESS_POLICIES)[number];
  FFMPEG_PATH?: string | undefined;
  FFPROBE_PATH?: string | undefined;
  VODSTACK_TRANSCODE_CONCURRENCY?: number | undefined;
  VODSTACK_HARDWARE: (typeof HARDWARE)[number];
  VODSTACK_BLOBS?: string | undefined;
  VODSTACK_DRAIN_SECONDS: number;
  VODSTACK_STALL_SECONDS: number;
  VODSTACK_PART_SECONDS: number;
  VODSTACK_PULL_MAX_BYTES: number;
  VODSTACK_PULL_IDLE_SECONDS: number;
  VODSTACK_RATE_LIMIT: number;
  VODSTACK_TLS_PORT?: number | undefined;
  VODSTACK_PROXY_PORT?: number | undefined;
  VODSTACK_PROXY_PASSTHROUGH: (typeof PASSTHROUGH_POLICIES)[number];
  VODSTACK_PYTHON_LAYER?: string | undefined;
  VODSTACK_VIRTUAL_CLOCK: (typeof SWITCH)[number];
  VODSTACK_FAST: (typeof SWITCH)[number];
  VODSTACK_FUNCTION_LOG_DAYS: number;
}

export type SettingName = keyof Settings;

/** What each setting should be, in the words of an error message. */
export const EXPECTED: Readonly<Record<SettingName, string>> = {
  VODSTACK_PORT: 'a port from 0 to 65535',
  VODSTACK_HOST: 'a host name or address',
  VODSTACK_DATA: 'a folder',
  SECRET_ID: '4 to 128 letters and digits',
  SECRET_KEY: '8 to 128 characters without blanks',
  APPID: 'a whole number such as 1250000000',
  VODSTACK_DATABASE_URL: 'a URL such as postgres://user:password@host:5432/database',
  VODSTACK_PUBLIC_URL: 'a URL such as https://video.example.org',
  VODSTACK_LOG_LEVEL: `one of ${LOG_LEVELS.join(', ')}`,
  VODSTACK_ALLOW_PRIVATE_ADDRESSES: `one of ${PRIVATE_ADDRESS_POLICIES.join(', ')}`,
  FFMPEG_PATH: 'a path',
  FFPROBE_PATH: 'a path',
  VODSTACK_TRANSCODE_CONCURRENCY: 'a whole number from 0 to 256, 0 to leave the work to workers',
  VODSTACK_HARDWARE: `one of ${HARDWARE.join(', ')}`,
  VODSTACK_BLOBS: 'a folder',
  VODSTACK_DRAIN_SECONDS: 'a whole number of seconds from 0 to 86400',
  VODSTACK_STALL_SECONDS: 'a whole number of seconds from 1 to 86400',
  VODSTACK_PART_SECONDS: 'a whole number of seconds from 0 to 86400; 0 cuts nothing',
  VODSTACK_PULL_MAX_BYTES: 'a whole number of bytes',
  VODSTACK_PULL_IDLE_SECONDS: 'a whole number of seconds from 1 to 3600',
  VODSTACK_RATE_LIMIT: 'a whole number of calls per second, 0 for no limit',
  VODSTACK_TLS_PORT: 'a port from 0 to 65535',
  VODSTACK_PROXY_PORT: 'a port from 0 to 65535',
  VODSTACK_PROXY_PASSTHROUGH: `one of ${PASSTHROUGH_POLICIES.join(', ')}`,
  VODSTACK_PYTHON_LAYER: 'a folder',
  VODSTACK_VIRTUAL_CLOCK: `one of ${SWITCH.join(', ')}`,
  VODSTACK_FAST: `one of ${SWITCH.join(', ')}`,
  VODSTACK_FUNCTION_LOG_DAYS: 'a whole number of days from 1 to 3650',
};

const SECRET_VARIABLES: ReadonlySet<string> = new Set(['SECRET_ID', 'SECRET_KEY', 'VODSTACK_DATABASE_URL']);

/** Whether the value of the variable must not be repeated in a message. */
export function isSecretVariable(name: string): boolean {
  return SECRET_VARIABLES.has(name);
}

function integer(minimum: number, maximum: number): z.ZodPipe<z.ZodTransform<number, string>, z.ZodNumber> {
  // Only digits: Number() would also take '0x50', '1e3' and blanks.
  const toNumber = z.transform((text: string) => (/^\d{1,15}$/.test(text) ? Number(text) : Number.NaN));
  return z.pipe(toNumber, z.number().min(minimum).max(maximum));
}

function urlOf(...protocols: string[]): z.ZodString {
  return z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol));
}
