import { StartupError } from '@vodstack/platform';
import { Command } from 'commander';
import { z } from 'zod';
import { addConnectionOptions, type ConnectionFlags, readConnection } from '../connection.ts';
import { openConsole } from '../console-connection.ts';
import { formatTime } from '../format.ts';
import { parseAge } from '../parse-age.ts';
import { createPrinter } from '../printer.ts';

const endpointSchema = z.object({
  endpointId: z.number(),
  subAppId: z.number(),
  name: z.string(),
  url: z.string(),
  profile: z.string(),
  eventTypes: z.array(z.string()).nullable(),
  fileIds: z.array(z.string()).nullable(),
  classIds: z.array(z.number()).nullable(),
  state: z.string(),
  disabledReason: z.string().nullable(),
  circuit: z.string(),
  openUntil: z.string().nullable(),
  failures: z.number(),
  secrets: z.number(),
  createdAt: z.string(),
});
type Endpoint = z.infer<typeof endpointSchema>;
const withSecret = endpointSchema.extend({ secret: z.string() });
const endpointList = z.object({ items: z.array(endpointSchema) });

interface AddFlags extends ConnectionFlags {
  readonly name?: string;
  readonly type?: readonly string[];
  readonly file?: readonly string[];
  readonly class?: readonly string[];
  readonly sub?: string;
}

export const endpointsCommand: Command = new Command('endpoints').description(
  'addresses that get events signed, retried for days and dead-lettered (profile hardened)',
);

endpointsCommand.addCommand(
  addConnectionOptions(
    new Command('add')
      .description('add an address; its secret is shown this once')
      .argument('<url>')
      .option('--name <name>', 'what it is for')
      .option('--type <EventType...>', 'only these events')
      .option('--file <FileId...>', 'only those of these media')
      .option('--class <ClassId...>', 'only those of media in these classes')
      .option('--sub <application>', 'of this application (default: the primary one)'),
  ).action(add),
);
endpointsCommand.addCommand(
  addConnectionOptions(new Command('list').description('show every endpoint and how it is doing')).action(
    list,
  ),
);
for (const [change, description] of [
  ['enable', 'send to it again, at once'],
  ['disable', 'send nothing more to it; what waits goes on waiting'],
  ['remove', 'forget it, with all that was on its way to it'],
] as const) {
  endpointsCommand.addCommand(
    addConnectionOptions(new Command(change).description(description).argument('<id>')).action(
      (id: string, flags: ConnectionFlags) => post(id, { change, body: {} }, flags),
    ),
  );
}
endpointsCommand.addCommand(
  addConnectionOptions(
    new Command('rotate')
      .description('give it a new secret; the old one holds for a while')
      .argument('<id>')
      .option('--overlap <time>', 'how long both hold: 30m, 24h, 2d', '24h'),
  ).action(rotate),
);

async function add(url: string, flags: AddFlags): Promise<void> {
  const console = await openConsole(readConnection(flags));
  const body = {
    url,
    ...(flags.name ? { name: flags.name } : {}),
    ...(flags.type ? { eventTypes: flags.type } : {}),
    ...(flags.file ? { fileIds: flags.file } : {}),
    ...(flags.class ? { classIds: flags.class.map(toInteger) } : {}),
    ...(flags.sub ? { subAppId: toInteger(flags.sub) } : {}),
  };
  const endpoint = withSecret.parse(await console.post('/endpoints', body));
  printSecret(endpoint, flags);
}

function printSecret(endpoint: z.infer<typeof withSecret>, flags: ConnectionFlags): void {
  const text = [
    describe(endpoint),
    `Secret  ${endpoint.secret}`,
    'The secret is not shown again: it checks webhook-signature.',
  ];
  createPrinter(flags.json === true).event(text.join('\n'), endpoint);
}

async function list(flags: ConnectionFlags): Promise<void> {
  const console = await openConsole(readConnection(flags));
  const printer = createPrinter(flags.json === true);
  for (const endpoint of endpointList.parse(await console.get('/endpoints')).items)
    printer.event(describe(endpoint), endpoint);
}

async function post(
  id: string,
  { change, body }: { change: string; body: object },
  flags: ConnectionFlags,
): Promise<void> {
  const console = await openConsole(readConnection(flags));
  const endpoint = endpointSchema.parse(await console.post(`/endpoints/${toInteger(id)}/${change}`, body));
  createPrinter(flags.json === true).event(describe(endpoint), endpoint);
}

async function rotate(id: string, flags: ConnectionFlags & { readonly overlap: string }): Promise<void> {
  const overlapMs = parseAge(flags.overlap);
  if (overlapMs === undefined)
    throw new StartupError(`--overlap expects a time such as 24h, got ${JSON.stringify(flags.overlap)}.`);
  const console = await openConsole(readConnection(flags));
  const answer = await console.post(`/endpoints/${toInteger(id)}/rotate`, { overlapSec: overlapMs / 1000 });
  printSecret(withSecret.parse(answer), flags);
}

function toInteger(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new StartupError(`A whole number is expected, got ${JSON.stringify(text)}.`);
}

function describe(endpoint: Endpoint): string {
  const filters = [
    ...(endpoint.eventTypes ?? ['all events']),
    ...(endpoint.fileIds ?? []).map((id) => `FileId ${id}`),
    ...(endpoint.classIds ?? []).map((id) => `ClassId ${id}`),
  ];
  const columns = [
    String(endpoint.endpointId),
    endpoint.name || '–',
    endpoint.url,
    filters.join(', '),
    describeState(endpoint),
  ];
  return columns.join('  ');
}

function describeState({ state, disabledReason, circuit, openUntil, failures }: Endpoint): string {
  if (state === 'disabled') return `disabled: ${disabledReason ?? 'no reason given'}`;
  if (circuit === 'closed') return state;
  const until = openUntil === null ? '' : `, nothing is sent until ${formatTime(openUntil)}`;
  return `${failures} failures in a row${until}`;
}
