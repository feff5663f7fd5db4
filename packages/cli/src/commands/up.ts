import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createLogger, loadConfig, StartupError, errorMessage } from '@vodstack/platform';
import { type RunningServer, startServer } from '@vodstack/server';
import { Command } from 'commander';

interface UpFlags {
  readonly port?: string;
  readonly host?: string;
  readonly data?: string;
}

/** A stop that takes longer than this is cut short. */
const STOP_DEADLINE_MS = 30_000;

export const upCommand: Command = new Command('up')
  .description('start the whole stack: console, API, functions, gateway and the event receiver')
  .option('--port <number>', 'port for everything (VODSTACK_PORT; default 8080)')
  .option('--host <address>', 'address to listen on (VODSTACK_HOST; default 127.0.0.1)')
  .option('--data <folder>', 'where everything is kept (VODSTACK_DATA; default ./data)')
  .action(up);

async function up(flags: UpFlags): Promise<void> {
  const config = loadConfig({
    env: process.env,
    options: { port: flags.port, host: flags.host, dataFolder: flags.data },
  });
  const logPath = join(config.dataFolder, 'vodstack.log');
  const logger = createLogger({ level: config.logLevel, destination: await openLog(config.dataFolder, logPath) });
  const server = await startServer({ config, logger, onProgress: (step) => console.log(`  · ${step} …`) });
  stopOnSignal(server);
  console.log(toSummary(server, logPath));
}

async function openLog(folder: string, path: string): Promise<NodeJS.WritableStream> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const stream = createWriteStream(path, { flags: 'a', mode: 0o600 });
    await new Promise((resolve, reject) => stream.once('open', resolve).once('error', reject));
    // A full disk must not end the server: its log lines are lost, nothing else.
    stream.on('error', () => {});
    return stream;
  } catch (error) {
    throw new StartupError(
      `The data folder ${folder} cannot be written (${errorMessage(error)}): choose another one with --data or VODSTACK_DATA.`,
      { cause: error },
    );
  }
}

function stopOnSignal(server: RunningServer): void {
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    console.log('\n  Stopping … what is unfinished goes on at the next start.');
    setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
    server.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
}

function toSummary(server: RunningServer, logPath: string): string {
  const { publicUrl } = server.addresses;
  const callback = server.isCallbackSet
    ? '(the callback URL is set to it)'
    : '(the callback URL is set to another address; change it under Events)';
  const warning = server.isReceiverUp
    ? []
    : ['', '  Warning: the receiver did not answer the test call; see its logs in the console.'];
  return [
    '',
    '  vodstack is ready.',
    '',
    `  Console          ${publicUrl}/console/`,
    `  API endpoint     ${publicUrl}`,
    `  Service address  ${server.receiverAddress}`,
    `                   ${callback}`,
    `  AppId            ${server.credentials.appId}`,
    `  SecretId         ${server.credentials.secretId}   (SecretKey: console → Account)`,
    `  Database         ${server.description.database}`,
    `  Log              ${logPath}`,
    ...warning,
    '',
    '  Next: open the console and drop a video on it, or run',
    '        npx vodstack upload FILE --watch',
    '',
    '  Ctrl-C stops it.',
  ].join('\n');
}
