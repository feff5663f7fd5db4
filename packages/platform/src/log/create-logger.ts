import { pino, type DestinationStream, type Logger } from 'pino';
import { createPrettyStream } from './pretty-stream.ts';

export type { Logger } from 'pino';

export interface LoggerOptions {
  level: string;
  /** Lines for people instead of JSON lines. */
  pretty?: boolean;
  /** Where the lines go; standard output when absent. */
  destination?: NodeJS.WritableStream;
}

/** Fields that must never reach a log in clear. */
const SECRET_FIELDS = ['secretKey', 'password', 'connectionString', 'authorization'];

/** Creates the logger that is passed to every part. */
export function createLogger(options: LoggerOptions): Logger {
  const stream: DestinationStream = toDestination(options);
  const paths = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]);
  return pino({ level: options.level, base: null, redact: { paths, censor: '[hidden]' } }, stream);
}

function toDestination({ pretty, destination = process.stdout }: LoggerOptions): DestinationStream {
  return pretty ? createPrettyStream(destination) : destination;
}
