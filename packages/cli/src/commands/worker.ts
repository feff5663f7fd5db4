import { Command } from 'commander';
import type { WorkerFlags } from '../run-worker.ts';

export const workerCommand: Command = new Command('worker')
  .description('do the tasks of a server, here or on another machine, and nothing else')
  .option('--data <folder>', 'the server’s data folder, or one of its own (VODSTACK_DATA; default ./data)')
  .option('--blobs <folder>', 'the server’s media (VODSTACK_BLOBS; default blobs in the data folder)')
  .option('--slots <number>', 'tasks at once (VODSTACK_TRANSCODE_CONCURRENCY; default half the cores)')
  .action(async (flags: WorkerFlags) => {
    const { runWorker } = await import('../run-worker.ts');
    await runWorker(flags);
  });
