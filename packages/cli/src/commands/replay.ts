import { StartupError } from '@vodstack/platform';
import { Command } from 'commander';
import { z } from 'zod';
import { addConnectionOptions, type ConnectionFlags, readConnection } from '../connection.ts';
import { openConsole } from '../console-connection.ts';
import { parseAge } from '../parse-age.ts';
import { parsePositiveInteger } from '../positive-integer.ts';
import { createPrinter } from '../printer.ts';

interface ReplayFlags extends ConnectionFlags {
  readonly since?: string;
  readonly file?: string;
  readonly type?: string;
  readonly to?: number;
}

const answer = z.object({ eventIds: z.array(z.number()) });

export const replayCommand: Command = addConnectionOptions(
  new Command('replay')
    .description('send events once more, to the address that is set now and to the endpoints that had them')
    .argument('[event...]', 'ids, as `vodstack events` shows them')
    .option('--since <time>', 'those since an ISO 8601 time, or since so long ago: 30m, 2h, 1d')
    .option('--file <FileId>', 'those of one media')
    .option('--type <EventType>', 'only these')
    .option(
      '--to <endpoint>',
      'to this endpoint alone (its id), whether it had them or not',
      parsePositiveInteger,
    ),
).action(replay);

async function replay(ids: readonly string[], flags: ReplayFlags): Promise<void> {
  const eventIds = ids.map(toEventId);
  if (eventIds.length === 0 && !flags.since && !flags.file)
    throw new StartupError('Say which events: ids, --since or --file.');
  const console = await openConsole(readConnection(flags));
  const printer = createPrinter(flags.json === true);
  const { eventIds: sent } = answer.parse(
    await console.post('/events/replay', {
      ...(eventIds.length > 0 ? { eventIds } : {}),
      ...(flags.since ? { since: toTime(flags.since).toISOString() } : {}),
      ...(flags.file ? { fileId: flags.file } : {}),
      ...(flags.type ? { type: flags.type } : {}),
      ...(flags.to === undefined ? {} : { endpointId: flags.to }),
    }),
  );
  const text = sent.length === 0 ? 'Nothing to replay.' : `Replayed   ${sent.join(', ')}`;
  printer.event(text, { eventIds: sent });
}

function toEventId(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw new StartupError(`${JSON.stringify(text)} is no event id: \`vodstack events\` shows them.`);
}

function toTime(text: string): Date {
  const ageMs = parseAge(text);
  const time = ageMs === undefined ? new Date(text) : new Date(Date.now() - ageMs);
  if (!Number.isNaN(time.getTime())) return time;
  throw new StartupError(
    `--since ${JSON.stringify(text)} is neither an ISO 8601 time nor an age such as 2h.`,
  );
}
