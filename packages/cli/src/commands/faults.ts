import { StartupError } from '@vodstack/platform';
import { Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { addConnectionOptions, type ConnectionFlags, readConnection } from '../connection.ts';
import { openConsole } from '../console-connection.ts';
import { formatDuration } from '../format.ts';
import { parseAge } from '../parse-age.ts';
import { parsePositiveInteger } from '../positive-integer.ts';
import { createPrinter } from '../printer.ts';

const faultSchema = z.object({
  faultId: z.number(),
  kind: z.string(),
  probability: z.number(),
  remaining: z.number().nullable(),
  delayMs: z.number().nullable(),
  eventType: z.string().nullable(),
  fileId: z.string().nullable(),
  subAppId: z.number().nullable(),
  applied: z.number(),
  appliedAt: z.string().nullable(),
  createdAt: z.string(),
});
type Fault = z.infer<typeof faultSchema>;
const faultList = z.object({ items: z.array(faultSchema) });

interface AddFlags extends ConnectionFlags {
  readonly probability?: number;
  readonly count?: number;
  readonly delay?: number;
  readonly type?: string;
  readonly file?: string;
  readonly sub?: number;
}

export const faultsCommand: Command = new Command('faults').description(
  'let things go wrong on purpose, to try a receiver',
);

faultsCommand.addCommand(
  addConnectionOptions(
    new Command('add')
      .description('let something go wrong from now on')
      .argument(
        '<kind>',
        'delay, reorder, duplicate, drop, stall, wrong-signature, expired, nulls, fail-task, fail-part, request-limit or internal-error',
      )
      .option('--probability <p>', 'how often: above 0, up to 1 (default: always)', parseProbability)
      .option('--count <number>', 'how many times (default: until it is removed)', parsePositiveInteger)
      .option('--delay <time>', 'how long delay and reorder wait: 3s, 1m (default 2s)', parseDelay)
      .option('--type <EventType>', 'only with these events')
      .option('--file <FileId>', 'only with this media')
      .option('--sub <application>', 'only in this application', parsePositiveInteger),
  ).action(add),
);
faultsCommand.addCommand(
  addConnectionOptions(new Command('list').description('show what goes wrong, and how often it has')).action(
    list,
  ),
);
faultsCommand.addCommand(
  addConnectionOptions(new Command('remove').description('end one').argument('<id>')).action(remove),
);
faultsCommand.addCommand(
  addConnectionOptions(new Command('clear').description('end all of them')).action(clear),
);

function parseProbability(text: string): number {
  const value = /^\d?(\.\d{1,9})?$/.test(text) ? Number(text) : 0;
  if (value > 0 && value <= 1) return value;
  throw new InvalidArgumentError('Expected a number above 0 and up to 1.');
}

function parseDelay(text: string): number {
  const ms = parseAge(text);
  if (ms !== undefined) return ms;
  throw new InvalidArgumentError('Expected a time such as 3s or 1m.');
}

async function add(kind: string, flags: AddFlags): Promise<void> {
  const console = await openConsole(readConnection(flags));
  const { probability, count, delay: delayMs, type: eventType, file: fileId, sub: subAppId } = flags;
  const body = { kind, probability, count, delayMs, eventType, fileId, subAppId };
  print(faultSchema.parse(await console.post('/faults', body)), flags);
}

async function list(flags: ConnectionFlags): Promise<void> {
  const console = await openConsole(readConnection(flags));
  for (const fault of faultList.parse(await console.get('/faults')).items) print(fault, flags);
}

async function remove(id: string, flags: ConnectionFlags): Promise<void> {
  if (!/^\d{1,15}$/.test(id))
    throw new StartupError(`A whole number is expected, got ${JSON.stringify(id)}.`);
  const console = await openConsole(readConnection(flags));
  print(faultSchema.parse(await console.post(`/faults/${id}/remove`, {})), flags);
}

async function clear(flags: ConnectionFlags): Promise<void> {
  const console = await openConsole(readConnection(flags));
  const answer = z.object({ removed: z.number() }).parse(await console.post('/faults/clear', {}));
  createPrinter(flags.json === true).event(`Removed    ${answer.removed}`, answer);
}

function print(fault: Fault, flags: ConnectionFlags): void {
  createPrinter(flags.json === true).event(describe(fault), fault);
}

function describe({ faultId, kind, probability, remaining, delayMs, applied, ...limits }: Fault): string {
  const parts = [
    String(faultId),
    kind,
    probability === 1 ? 'always' : `with probability ${probability}`,
    remaining === null ? 'until it is removed' : `${remaining} times more`,
    delayMs === null ? '' : `waits ${formatDuration(delayMs)}`,
    limits.eventType ?? '',
    limits.fileId === null ? '' : `FileId ${limits.fileId}`,
    limits.subAppId === null ? '' : `application ${limits.subAppId}`,
    `applied ${applied} times`,
  ];
  return parts.filter((part) => part !== '').join('  ');
}
