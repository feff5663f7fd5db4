import { Command } from 'commander';
import type { ReceiveFlags } from '../receive/config.ts';

export const receiveCommand: Command = addReceiverOptions(
  new Command('receive')
    .description(
      'run the event receiver alone, against the cloud or a vodstack server: nothing it was sent gets lost',
    )
    .option('--port <number>', 'port to listen on (VODSTACK_PORT; default 8090)')
    .option('--host <address>', 'address to listen on (VODSTACK_HOST; default 127.0.0.1)')
    .option('--pull', 'take events from the queue as well (notification mode PULL)'),
).action(async (flags: ReceiveFlags) => {
  const [{ loadReceiveConfig }, { runReceive }] = await Promise.all([
    import('../receive/config.ts'),
    import('../receive/run-receive.ts'),
  ]);
  await runReceive(loadReceiveConfig(process.env, flags));
});

/** The options of every command that uses the receiver's database. */
export function addReceiverOptions(command: Command): Command {
  return command
    .option('--config <file>', 'settings, with the keys of the guide’s config.json (default ./config.json)')
    .option('--data <folder>', 'where its own database is kept (VODSTACK_DATA; default ./receiver-data)');
}
