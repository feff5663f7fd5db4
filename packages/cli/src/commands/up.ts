import { Command } from 'commander';
import type { UpFlags } from '../run-server.ts';

export const upCommand: Command = new Command('up')
  .description('start the whole stack: console, API, functions, gateway and the event receiver')
  .option('--port <number>', 'port for everything (VODSTACK_PORT; default 8080)')
  .option('--host <address>', 'address to listen on (VODSTACK_HOST; default 127.0.0.1)')
  .option('--data <folder>', 'where everything is kept (VODSTACK_DATA; default ./data)')
  .option(
    '--tls-port <number>',
    'port for the cloud’s host names (VODSTACK_TLS_PORT; default 363 above --port)',
  )
  .option('--proxy-port <number>', 'port of the proxy to them (VODSTACK_PROXY_PORT; default 1 above --port)')
  .option(
    '--virtual-clock',
    'for tests: `vodstack clock advance 3d` moves the time (needs a new data folder)',
  )
  .option('--fast', 'for tests: renditions in less time, at the price of size')
  .action(async (flags: UpFlags) => {
    // The other commands need nothing of the server, and start in half the time without it.
    const { runServer } = await import('../run-server.ts');
    await runServer(flags);
  });
