import { Command } from 'commander';
import { z } from 'zod';
import { addConnectionOptions, type ConnectionFlags, readConnection } from '../connection.ts';
import { openConsole } from '../console-connection.ts';
import { formatDuration, formatTime } from '../format.ts';
import { parsePositiveInteger } from '../positive-integer.ts';
import { createPrinter } from '../printer.ts';

interface EventsFlags extends ConnectionFlags {
  readonly limit: number;
  readonly type?: string;
  readonly state?: string;
  readonly file?: string;
}

const delivery = z.object({
  attempt: z.number(),
  url: z.string(),
  startedAt: z.string(),
  durationMs: z.number(),
  status: z.number().nullable(),
  error: z.string().nullable(),
  endpointId: z.number().nullable(),
  nextReason: z.string().nullable(),
  injected: z.array(z.string()),
});
const event = z.looseObject({
  eventId: z.number(),
  type: z.string(),
  fileId: z.string(),
  state: z.string(),
  createdAt: z.string(),
  attempts: z.array(z.looseObject(delivery.shape)),
});
const page = z.object({ items: z.array(event) });

export const eventsCommand: Command = addConnectionOptions(
  new Command('events')
    .description('show the events and their deliveries, oldest first')
    .option('-n, --limit <number>', 'how many (200 at most)', parsePositiveInteger, 20)
    .option('--type <EventType>', 'only these')
    .option('--state <state>', 'pending, delivered, confirmed, failed or unaddressed')
    .option('--file <FileId>', 'only those of one media'),
).action(events);

async function events(flags: EventsFlags): Promise<void> {
  const console = await openConsole(readConnection(flags));
  const printer = createPrinter(flags.json === true);
  const { type, state, file: fileId } = flags;
  const query = new URLSearchParams({
    limit: String(Math.min(flags.limit, 200)),
    ...(type ? { type } : {}),
    ...(state ? { state } : {}),
    ...(fileId ? { fileId } : {}),
  });
  const { items } = page.parse(await console.get(`/events?${String(query)}`));
  for (const item of items.toReversed()) printer.event(describeEvent(item), item);
}

function describeEvent({ eventId, type, fileId, state, createdAt, attempts }: z.infer<typeof event>): string {
  const head = `${String(eventId).padEnd(6)} ${formatTime(createdAt)}  ${type.padEnd(22)} ${state.padEnd(10)} FileId ${fileId}`;
  return [head, ...attempts.map(describeDelivery)].join('\n');
}

function describeDelivery(shown: z.infer<typeof delivery>): string {
  const { attempt, url, durationMs, status, error, endpointId, nextReason, injected } = shown;
  const result = status === null ? (error ?? 'no answer') : `status ${status}`;
  const place = endpointId === null ? url : `endpoint ${endpointId}  ${url}`;
  const next = nextReason === null ? '' : `  (${nextReason})`;
  const faults = injected.length === 0 ? '' : `  [fault: ${injected.join(', ')}]`;
  return `         ${attempt}.  ${place}  ${result}  ${formatDuration(durationMs)}${next}${faults}`;
}
