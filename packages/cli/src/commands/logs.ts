import { setTimeout as delay } from 'node:timers/promises';
import { type ClientConfig, StartupError } from '@vodstack/platform';
import { Command } from 'commander';
import { z } from 'zod';
import { addConnectionOptions, type ConnectionFlags, readConnection } from '../connection.ts';
import { openConsole } from '../console-connection.ts';
import { formatDuration, formatTime } from '../format.ts';
import { parsePositiveInteger } from '../positive-integer.ts';
import { createPrinter, type Printer } from '../printer.ts';

interface LogsFlags extends ConnectionFlags {
  readonly follow?: boolean;
  readonly limit: number;
}

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
    .option(
      '-n, --limit <number>',
      'how many requests to begin with (200 at most)',
      parsePositiveInteger,
      20,
    ),
).action(logs);

async function logs(name: string, flags: LogsFlags): Promise<void> {
  const connection = readConnection(flags);
  const printer = createPrinter(flags.json === true);
  const reader = await openReader(connection, name);
  const shown = new Set<string>();
  show(await reader(Math.min(flags.limit, MAX_LIMIT)), shown, printer);
  while (flags.follow) {
    await delay(FOLLOW_INTERVAL_MS);
    show(await reader(50), shown, printer);
  }
}

async function openReader(
  connection: ClientConfig,
  name: string,
): Promise<(limit: number) => Promise<Record_[]>> {
  const console = await openConsole(connection);
  const known = functionList.parse(await console.get('/functions')).map((each) => each.name);
  if (!known.includes(name))
    throw new StartupError(`There is no function ${name}; there is: ${known.join(', ')}.`);
  return async (limit) => {
    const answer = await console.get(`/functions/${encodeURIComponent(name)}/logs?limit=${limit}`);
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
