import { join } from 'node:path';
import { createLogger, DEFAULT_ENDPOINT, loadConfig } from '@vodstack/platform';
import { type RunningServer, startServer } from '@vodstack/server';
import { openLog } from './open-log.ts';
import { printStep } from './print-step.ts';
import { aborted, listenForStop } from './stop-signals.ts';

export interface UpFlags {
  readonly port?: string;
  readonly host?: string;
  readonly data?: string;
  readonly tlsPort?: string;
  readonly proxyPort?: string;
  readonly virtualClock?: boolean;
  readonly fast?: boolean;
}

/** A stop that takes longer than this is cut short. */
const STOP_DEADLINE_MS = 30_000;
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
      ...(flags.virtualClock ? { virtualClock: 'on' } : {}),
      ...(flags.fast ? { fast: 'on' } : {}),
    },
  });
  const logPath = join(config.dataFolder, 'vodstack.log');
  const logger = createLogger({ level: config.logLevel, destination: await openLog(logPath) });
  // From here on: a start that is cut off must not leave a database behind.
  const { first: signal } = listenForStop(
    () => {
      console.log('\n  Stopping … what is unfinished goes on at the next start.');
      setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
    },
    () => process.exit(1),
  );
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

function toSummary(server: RunningServer, logPath: string): string {
  const { publicUrl, ownUrl } = server.addresses;
  const endpoint = ownUrl === DEFAULT_ENDPOINT ? '' : ` --endpoint ${ownUrl}`;
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
    `        npx vodstack upload FILE --watch${endpoint}`,
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
