import type { DestinationStream } from 'pino';

const LEVEL_NAMES: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/** Turns pino's JSON lines into `12:30:01 info  message key=value`; a line that is no JSON passes unchanged. */
export function createPrettyStream(destination: NodeJS.WritableStream): DestinationStream {
  return { write: (line: string) => void destination.write(formatLine(line)) };
}

function formatLine(line: string): string {
  const record = parseRecord(line);
  if (!record) return line;
  const { level, time, msg, err, ...fields } = record;
  const clock = typeof time === 'number' ? new Date(time).toISOString().slice(11, 19) : '';
  const name = (typeof level === 'number' && LEVEL_NAMES[level]) || 'log';
  const text = typeof msg === 'string' ? msg : '';
  return `${clock} ${name.padEnd(5)} ${text}${formatFields(fields)}${formatError(err)}\n`;
}

function parseRecord(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function formatFields(fields: Record<string, unknown>): string {
  return Object.entries(fields)
    .map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('');
}

function formatError(error: unknown): string {
  if (!isRecord(error)) return '';
  const stack = error['stack'];
  return `\n${typeof stack === 'string' ? stack : JSON.stringify(error)}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
