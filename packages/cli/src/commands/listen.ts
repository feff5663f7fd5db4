import { appendFile } from 'node:fs/promises';
import { StartupError } from '@vodstack/platform';
import { Command } from 'commander';
import {
  addConnectionOptions,
  type ConnectionFlags,
  createVodClient,
  readConnection,
  type VodClient,
} from '../connection.ts';
import { formatDuration, formatTime } from '../format.ts';
import { pullEvents, type SourcedEvent } from '../listen/event-source.ts';
import { type Forwarded, forwardEvent } from '../listen/forward.ts';
import { createPrinter, type Printer } from '../printer.ts';

interface ListenFlags extends ConnectionFlags {
  readonly forward?: string;
  readonly record?: string;
  readonly switchToPull?: boolean;
}

export const listenCommand: Command = addConnectionOptions(
  new Command('listen')
    .description('take events in pull mode and forward them to a program on this machine')
    .option('--forward <url>', 'post each event there, as VOD’s callback would')
    .option('--record <file>', 'append each event to a file, one JSON message per line')
    .option('--switch-to-pull', 'change the notification mode to PULL first, and back at the end'),
).action(listen);

async function listen(flags: ListenFlags): Promise<void> {
  if (flags.forward !== undefined) assertUrl(flags.forward);
  const client = createVodClient(readConnection(flags));
  const printer = createPrinter(flags.json === true);
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  const restore = await enterPullMode(client, flags, printer);
  try {
    const onTrouble = (message: string): void =>
      printer.event(`Waiting    ${message}`, { event: 'waiting', message });
    for await (const events of pullEvents(client, onTrouble, stopping.signal)) {
      await handleAll({ client, flags, printer }, events);
    }
  } finally {
    await restore();
  }
}

function assertUrl(text: string): void {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return;
  throw new StartupError(`--forward expects an http(s) URL, got ${JSON.stringify(text)}.`);
}

/** @returns what puts the former mode back */
async function enterPullMode(
  client: VodClient,
  { switchToPull }: ListenFlags,
  printer: Printer,
): Promise<() => Promise<void>> {
  const { Mode } = await client.DescribeEventConfig({});
  if (Mode !== 'PULL' && !switchToPull) {
    throw new StartupError(
      'Notifications are in PUSH mode, so that there is nothing to pull. With --switch-to-pull the mode becomes PULL while ' +
        'this command runs: the callback URL gets nothing in that time, also in production.',
    );
  }
  printer.event('Listening  Ctrl-C ends it', { event: 'listening' });
  if (Mode === 'PULL') return () => Promise.resolve();
  await client.ModifyEventConfig({ Mode: 'PULL' });
  return async () => void (await client.ModifyEventConfig({ Mode: 'PUSH' }));
}

interface Work {
  readonly client: VodClient;
  readonly flags: ListenFlags;
  readonly printer: Printer;
}

/** Those of one file in their order: one that was not taken holds the others back. Files do not wait for each other. */
async function handleAll(work: Work, events: readonly SourcedEvent[]): Promise<void> {
  const files = Map.groupBy(events, ({ fileId }) => fileId);
  await Promise.all(
    [...files.values()].map(async (ofFile) => {
      for (const event of ofFile) if (!(await handle(work, event))) return;
    }),
  );
}

/** Confirmed once it has been recorded and answered: otherwise it comes again. @returns whether it was */
async function handle({ client, flags, printer }: Work, event: SourcedEvent): Promise<boolean> {
  if (flags.record !== undefined) await appendFile(flags.record, `${event.body}\n`, { mode: 0o600 });
  const result = flags.forward === undefined ? undefined : await forwardEvent(flags.forward, event.body);
  const isTaken = result === undefined || 'status' in result;
  if (isTaken) await client.ConfirmEvents({ EventHandles: [event.handle] });
  const { handle: _handle, body, ...shown } = event;
  printer.event(describe(event, result), {
    event: 'received',
    ...shown,
    ...result,
    body: JSON.parse(body) as unknown,
  });
  return isTaken;
}

function describe({ type, fileId }: SourcedEvent, result: Forwarded | undefined): string {
  const head = `${formatTime(new Date().toISOString())}  ${type.padEnd(22)} FileId ${fileId}`;
  if (!result) return head;
  const took = formatDuration(result.durationMs);
  return 'status' in result
    ? `${head}  status ${result.status}  ${took}`
    : `${head}  ${result.error}, comes again in 30 s`;
}
