import { Command } from 'commander';
import { formatTime } from '../format.ts';
import { parsePositiveInteger } from '../positive-integer.ts';
import { createPrinter } from '../printer.ts';
import type { ReceiveFlags } from '../receive/config.ts';
import { addReceiverOptions } from './receive.ts';

interface OutputsFlags extends ReceiveFlags {
  readonly file?: string;
  readonly limit: number;
  readonly json?: boolean;
}

export const outputsCommand: Command = addReceiverOptions(
  new Command('outputs')
    .description('what a receiver has recorded: the URL of every rendition, the newest first')
    .option('--file <FileId>', 'only of this file')
    .option('--limit <number>', 'how many', parsePositiveInteger, 100)
    .option('--json', 'print one JSON object per line'),
).action(async (flags: OutputsFlags) => {
  const [{ loadDatabasePlace }, { openReceiverDatabase }, { readOutputs }, { migrateReceiver }] =
    await Promise.all([
      import('../receive/config.ts'),
      import('../receive/open-database.ts'),
      import('../receive/read-outputs.ts'),
      import('@vodstack/receiver'),
    ]);
  const { config, data } = flags;
  const place = loadDatabasePlace(process.env, { ...(config && { config }), ...(data && { data }) });
  const database = await openReceiverDatabase(place, console.error);
  try {
    await migrateReceiver(database.pool);
    const printer = createPrinter(flags.json === true);
    for (const row of await readOutputs(database.pool, { fileId: flags.file, limit: flags.limit })) {
      const time = formatTime(row.recorded_at.toISOString());
      printer.event(`${time}  FileId ${row.file_id}  ${row.definition}  ${row.url}`, { ...row });
    }
  } finally {
    await database.close();
  }
});
