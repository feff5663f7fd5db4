import { setTimeout as delay } from 'node:timers/promises';
import { type ClientConfig, StartupError } from '@vodstack/platform';
import { Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { addConnectionOptions, type ConnectionFlags, readConnection } from '../connection.ts';
import { openConsole } from '../console-connection.ts';
import { formatDuration, formatTime } from '../format.ts';
import { parsePositiveInteger } from '../positive-integer.ts';
import { createPrinter, type Printer } from '../printer.ts';

interface LogsFlags extends ConnectionFlags {
  readonly follow?: boolean;
  readonly limit: number;
  readonly request?: string;
  readonly status?: Status;
  readonly text?: string;
  readonly since?: Date;
  readonly until?: Date;
  readonly qualifier?: string;
}

/** The choices of the cloud's log page, as the query of the console's API has them. */
const STATUSES = {
  succeeded: { statusCodes: '200' },
  failed: { failed: '1' },
  timeout: { statusCodes: '433' },
  memory: { statusCodes: '434' },
  exception: { statusCodes: '430' },
} as const;
type Status = keyof typeof STATUSES;

const FOLLOW_INTERVAL_MS = 1000;
/** The most that the console's API gives at once. */
const MAX_LIMIT = 200;

const record = z.object({
  requestId: z.string(),
  startAt: z.string(),
  durationMs: z.number().nullable(),
  statusCode: z.number().nullable(),
  retCode: z.number(),
  retMsg: z.string().nullable(),
  log: z.string().nullable(),
});
type Record_ = z.infer<typeof record>;
const page = z.object({ items: z.array(record) });
const functionList = z.array(z.object({ name: z.string() }));

export const logsCommand: Command = addConnectionOptions(
  new Command('logs')
    .description('show what a function has logged, oldest first')
    .argument('[function]', 'name of the function', 'callback')
    .option('-f, --follow', 'go on with new requests until Ctrl-C')
    .option('-n, --limit <number>', 'how many requests to begin with (200 at most)', parsePositiveInteger, 20)
    .option('--request <id>', 'only the request with this id')
    .addOption(new Option('--status <kind>', 'only those that ended so').choices(Object.keys(STATUSES)))
    .option('--text <words>', 'only those with this in the log')
    .option('--since <time>', 'a time, or an age such as 15m, 2h or 1d', parseTime)
    .option('--until <time>', 'the same', parseTime)
    .option('--qualifier <version>', 'only of this version ($LATEST, 1, 2, …)'),
).action(logs);

const UNITS_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function parseTime(text: string): Date {
  const age = /^(?<count>\d{1,6})(?<unit>[smhd])$/u.exec(text)?.groups;
  const unitMs = UNITS_MS[age?.['unit'] ?? ''];
  const date = unitMs === undefined ? new Date(text) : new Date(Date.now() - Number(age?.['count']) * unitMs);
  if (!Number.isNaN(date.getTime())) return date;
  throw new InvalidArgumentError('Expected a time such as 2026-11-24T08:00 or an age such as 15m.');
}

async function logs(name: string, flags: LogsFlags): Promise<void> {
  const connection = readConnection(flags);
  const printer = createPrinter(flags.json === true);
  const reader = await openReader(connection, name, toQuery(flags));
  const shown = new Set<string>();
  show(await reader(Math.min(flags.limit, MAX_LIMIT)), shown, printer);
  while (flags.follow) {
    await delay(FOLLOW_INTERVAL_MS);
    show(await reader(50), shown, printer);
  }
}

function toQuery({ request, status, text, since, until, qualifier }: LogsFlags): URLSearchParams {
  const filters = {
    requestId: request,
    text,
    qualifier,
    after: since?.toISOString(),
    before: until?.toISOString(),
    ...(status === undefined ? {} : STATUSES[status]),
  };
  const given = Object.entries(filters).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as [string, string]],
  );
  return new URLSearchParams(given);
}

async function openReader(
  connection: ClientConfig,
  name: string,
  query: URLSearchParams,
): Promise<(limit: number) => Promise<Record_[]>> {
  const console = await openConsole(connection);
  const known = functionList.parse(await console.get('/functions')).map((each) => each.name);
  if (!known.includes(name))
    throw new StartupError(`There is no function ${name}; there is: ${known.join(', ')}.`);
  return async (limit) => {
    query.set('limit', String(limit));
    const answer = await console.get(`/functions/${encodeURIComponent(name)}/logs?${query.toString()}`);
    return page.parse(answer).items.toReversed();
  };
}

function show(records: readonly Record_[], shown: Set<string>, printer: Printer): void {
  for (const item of records) {
    const isRunning = item.retCode === 2;
    if (isRunning || shown.has(item.requestId)) continue;
    shown.add(item.requestId);
    printer.event(describeRequest(item), item);
  }
}

function describeRequest({ startAt, statusCode, durationMs, log }: Record_): string {
  const took = durationMs === null ? 'cut off' : formatDuration(durationMs);
  return `── ${formatTime(startAt)}  status ${statusCode ?? '–'}  ${took}\n${(log ?? '').trimEnd()}\n`;
}
