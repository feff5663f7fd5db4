import { Command } from 'commander';
import { z } from 'zod';
import { addConnectionOptions, type ConnectionFlags, readConnection } from '../connection.ts';
import { openConsole } from '../console-connection.ts';
import { formatTime } from '../format.ts';
import { createPrinter } from '../printer.ts';

const workerSchema = z.object({
  name: z.string(),
  role: z.string(),
  version: z.string(),
  cores: z.number(),
  slots: z.number(),
  state: z.string(),
  startedAt: z.string(),
  seenAt: z.string(),
  tasks: z.array(z.string()),
});
type WorkerLine = z.infer<typeof workerSchema>;

export const workersCommand: Command = addConnectionOptions(
  new Command('workers').description('show who works on tasks, and on which'),
).action(list);

async function list(flags: ConnectionFlags): Promise<void> {
  const console = await openConsole(readConnection(flags));
  const printer = createPrinter(flags.json === true);
  for (const worker of z.array(workerSchema).parse(await console.get('/workers'))) {
    printer.event(describe(worker), worker);
  }
}

function describe({ name, role, state, version, cores, slots, tasks, startedAt }: WorkerLine): string {
  const head = [
    name,
    role,
    state,
    `${tasks.length} of ${slots} slots`,
    `${cores} cores`,
    version,
    `since ${formatTime(startedAt)}`,
  ];
  return [head.join('  '), ...tasks.map((task) => `  ${task}`)].join('\n');
}
