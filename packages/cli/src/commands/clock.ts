import { StartupError } from '@vodstack/platform';
import { Command } from 'commander';
import { z } from 'zod';
import { addConnectionOptions, type ConnectionFlags, readConnection } from '../connection.ts';
import { openConsole } from '../console-connection.ts';
import { formatTime } from '../format.ts';
import { parseAge } from '../parse-age.ts';
import { createPrinter } from '../printer.ts';

const clockSchema = z.object({ now: z.string(), aheadMs: z.number(), isVirtual: z.boolean() });

export const clockCommand: Command = new Command('clock').description(
  'the time that the server goes by, for tests',
);

clockCommand.addCommand(
  addConnectionOptions(new Command('show').description('show it')).action(async (flags: ConnectionFlags) => {
    const console = await openConsole(readConnection(flags));
    print(await console.get('/clock'), flags);
  }),
  { isDefault: true },
);
clockCommand.addCommand(
  addConnectionOptions(
    new Command('advance')
      .description('move it forward (a server started with --virtual-clock)')
      .argument('<time>', '30s, 10m, 2h, 3d'),
  ).action(async (time: string, flags: ConnectionFlags) => {
    const ms = parseAge(time);
    if (!ms) throw new StartupError(`A time such as 3d is expected, got ${JSON.stringify(time)}.`);
    const console = await openConsole(readConnection(flags));
    print(await console.post('/clock/advance', { ms }), flags);
  }),
);

function print(answer: unknown, flags: ConnectionFlags): void {
  const clock = clockSchema.parse(answer);
  const ahead = clock.aheadMs === 0 ? '' : `  ${Math.round(clock.aheadMs / 1000)} s ahead`;
  createPrinter(flags.json === true).event(`${formatTime(clock.now)}${ahead}`, clock);
}
