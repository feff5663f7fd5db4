import { StartupError } from '@vodstack/platform';
import { Command } from 'commander';
import { z } from 'zod';
import { addConnectionOptions, type ConnectionFlags, readConnection } from '../connection.ts';
import { openConsole } from '../console-connection.ts';
import { formatTime } from '../format.ts';
import { parsePositiveInteger } from '../positive-integer.ts';
import { createPrinter } from '../printer.ts';

const letter = z.object({
  eventId: z.number(),
  endpointId: z.number(),
  url: z.string(),
  type: z.string(),
  fileId: z.string(),
  attempts: z.number(),
  reason: z.string().nullable(),
  createdAt: z.string(),
  deadAt: z.string().nullable(),
});
const page = z.object({ items: z.array(letter) });
const answer = z.object({ eventIds: z.array(z.number()) });

interface ListFlags extends ConnectionFlags {
  readonly limit: number;
  readonly from?: number;
}

export const deadLettersCommand: Command = new Command('dead-letters').description(
  'events that an endpoint did not take in all its time',
);

deadLettersCommand.addCommand(
  addConnectionOptions(
    new Command('list')
      .description('show them, oldest first')
      .option('-n, --limit <number>', 'how many (200 at most)', parsePositiveInteger, 50)
      .option('--from <endpoint>', 'only those of this endpoint', parsePositiveInteger),
  ).action(list),
  { isDefault: true },
);
deadLettersCommand.addCommand(
  addConnectionOptions(
    new Command('redrive')
      .description('send them again, with a schedule of their own')
      .argument('[event...]', 'ids of events; without any, all')
      .option('--from <endpoint>', 'only those of this endpoint', parsePositiveInteger),
  ).action(redrive),
);

async function list(flags: ListFlags): Promise<void> {
  const console = await openConsole(readConnection(flags));
  const printer = createPrinter(flags.json === true);
  const query = new URLSearchParams({
    limit: String(Math.min(flags.limit, 200)),
    ...(flags.from === undefined ? {} : { endpointId: String(flags.from) }),
  });
  const { items } = page.parse(await console.get(`/dead-letters?${String(query)}`));
  for (const item of items.toReversed()) printer.event(describe(item), item);
}

function describe({
  eventId,
  endpointId,
  url,
  type,
  fileId,
  attempts,
  reason,
  deadAt,
}: z.infer<typeof letter>): string {
  const head = `${String(eventId).padEnd(6)} ${deadAt === null ? '' : formatTime(deadAt)}  ${type.padEnd(22)} FileId ${fileId}`;
  return `${head}\n         endpoint ${endpointId}  ${url}  ${attempts} sends  ${reason ?? ''}`;
}

async function redrive(
  ids: readonly string[],
  flags: ConnectionFlags & { readonly from?: number },
): Promise<void> {
  const eventIds = ids.map(toEventId);
  const console = await openConsole(readConnection(flags));
  const { eventIds: sent } = answer.parse(
    await console.post('/dead-letters/redrive', {
      ...(eventIds.length > 0 ? { eventIds } : {}),
      ...(flags.from === undefined ? {} : { endpointId: flags.from }),
    }),
  );
  const text = sent.length === 0 ? 'Nothing to redrive.' : `Redriven   ${sent.join(', ')}`;
  createPrinter(flags.json === true).event(text, { eventIds: sent });
}

function toEventId(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new StartupError(`${JSON.stringify(text)} is no event id: \`vodstack dead-letters\` shows them.`);
}
