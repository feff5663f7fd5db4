import { Command } from 'commander';
import { formatTime } from '../format.ts';
import { createPrinter } from '../printer.ts';
import type { ReceiveFlags } from '../receive/config.ts';
import { addReceiverOptions } from './receive.ts';

interface InboxFlags extends ReceiveFlags {
  readonly redrive?: boolean;
  readonly json?: boolean;
}

export const inboxCommand: Command = addReceiverOptions(
  new Command('inbox')
    .description('how a receiver stands: what waits, and the dead letters with their reasons')
    .argument('[ids...]', 'with --redrive: only these dead letters')
    .option('--redrive', 'have dead letters handled again')
    .option('--json', 'print one JSON object per line'),
).action(async (ids: readonly string[], flags: InboxFlags) => {
  const [{ loadDatabasePlace }, { openReceiverDatabase }, { migrateReceiver, PgInbox }] = await Promise.all([
    import('../receive/config.ts'),
    import('../receive/open-database.ts'),
    import('@vodstack/receiver'),
  ]);
  const { config, data } = flags;
  const place = loadDatabasePlace(process.env, { ...(config && { config }), ...(data && { data }) });
  const database = await openReceiverDatabase(place, console.error);
  try {
    await migrateReceiver(database.pool);
    const inbox = new PgInbox(database.pool);
    const printer = createPrinter(flags.json === true);
    if (flags.redrive) {
      const redriven = await inbox.redrive(ids.length > 0 ? { eventIds: ids } : {});
      printer.event(`${redriven} dead letters are handled again`, { redriven });
      return;
    }
    const state = await inbox.readState();
    printer.event(`${state.pending} waiting, ${state.dead} dead, ${state.reconciled} made up`, { ...state });
    for (const dead of await inbox.listDead(100)) {
      const head = `${dead.eventId.padEnd(6)} ${formatTime(dead.receivedAt.toISOString())}  ${dead.eventType}`;
      printer.event(`${head}  FileId ${dead.fileId ?? ''}  ${dead.error}`, { ...dead });
    }
  } finally {
    await database.close();
  }
});
