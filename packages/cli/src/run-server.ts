import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createLogger, loadConfig } from '@vodstack/platform';
import { notWritable, type RunningServer, startServer } from '@vodstack/server';

export interface UpFlags {
  readonly port?: string;
  readonly host?: string;
  readonly data?: string;
  readonly tlsPort?: string;
  readonly proxyPort?: string;
}

/** A stop that takes longer than this is cut short. */
const STOP_DEADLINE_MS = 30_000;
/** The terminal sends a Ctrl-C to every process of its group, and npm passes it on once more. */
const SAME_KEYSTROKE_MS = 1000;
/** Where the values of the summary begin. */
const INDENT = ' '.repeat(19);

/**
 * `vodstack up`: runs the whole stack until a signal ends it.
 * @throws StartupError, ConfigError
 */
export async function runServer(flags: UpFlags): Promise<void> {
  const config = loadConfig({
    env: process.env,
    options: {
      port: flags.port,
      host: flags.host,
      dataFolder: flags.data,
      tlsPort: flags.tlsPort,
      proxyPort: flags.proxyPort,
    },
  });
  const logPath = join(config.dataFolder, 'vodstack.log');
  const logger = createLogger({
    level: config.logLevel,
    destination: await openLog(config.dataFolder, logPath),
  });
  // From here on: a start that is cut off must not leave a database behind.
  const signal = abortOnSignal();
  try {
    const server = await startServer({ config, logger, signal, onProgress: printStep });
    console.log(toSummary(server, logPath));
    await aborted(signal);
    await server.stop();
  } catch (error) {
    if (!signal.aborted) throw error;
    if (error !== signal.reason) logger.error({ err: error }, 'the server could not be stopped cleanly');
  }
  process.exit(0);
}

function printStep(step: string): void {
  console.log(`  · ${step} …`);
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
    throw notWritable(folder, error);
  }
}

/** Aborts at the first signal. A later Ctrl-C, or a stop that takes too long, ends the process at once. */
function abortOnSignal(): AbortSignal {
  const controller = new AbortController();
  let askedAt = 0;
  const stop = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) {
      if (name === 'SIGINT' && performance.now() - askedAt > SAME_KEYSTROKE_MS) process.exit(1);
      return;
    }
    askedAt = performance.now();
    console.log('\n  Stopping … what is unfinished goes on at the next start.');
    setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
    controller.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);
  return controller.signal;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
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
    INDENT + callback,
    `  AppId            ${server.credentials.appId}`,
    `  SecretId         ${server.credentials.secretId}`,
    '  SecretKey        console → Account, or credentials.json in the data folder',
    ...wrap(server.description.database).map(
      (line, index) => (index === 0 ? '  Database         ' : INDENT) + line,
    ),
    `  Log              ${logPath}`,
    ...warning,
    '',
    '  Next: open the console and drop a video on it, or run',
    '        npx vodstack upload FILE --watch',
    '',
    '  Programs that use the cloud’s own addresses, unmodified:',
    '        eval "$(npx vodstack env)"; node app.js',
    '',
    '  Ctrl-C stops it.',
  ].join('\n');
}

/** Breaks a sentence so that it fits behind the indentation in 80 columns. */
function wrap(text: string): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last.length + word.length < 80 - INDENT.length)
      lines[lines.length - 1] = `${last} ${word}`.trimStart();
    else lines.push(word);
  }
  return lines;
}
