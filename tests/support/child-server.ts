import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_client.js';
import { eventually } from './eventually.ts';

const PROGRAM = fileURLToPath(new URL('../../packages/cli/bin/vodstack.mjs', import.meta.url));

/** `vodstack up` as a process of its own, as a user starts it. */
export interface ChildServer {
  readonly url: string;
  readonly process: ChildProcess;
  readonly client: Client;
  /** What it printed, both streams. */
  output(): string;
  /** Sends the signal and waits for the end. Gives the exit code, null after a signal. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export interface ChildOptions {
  readonly dataFolder: string;
  readonly port: number;
  readonly env?: Record<string, string>;
  /** Further arguments of `vodstack up`. */
  readonly args?: readonly string[];
  /** What to start it with, such as `unshare`. */
  readonly wrapper?: readonly string[];
}

/** Starts it and waits until `/healthz` says that everything is ready. */
export async function startChildServer(options: ChildOptions): Promise<ChildServer> {
  const child = spawnServer(options);
  const url = `http://127.0.0.1:${options.port}`;
  await eventually('the server is ready', async () => {
    if (child.process.exitCode !== null || child.process.signalCode !== null)
      throw new Error(`the server ended:\n${child.output()}`);
    const response = await fetch(`${url}/healthz`).catch(() => undefined);
    return response?.status === 200;
  });
  const key = JSON.parse(await readFile(join(options.dataFolder, 'credentials.json'), 'utf8')) as Record<
    string,
    string
  >;
  const client = new Client({
    credential: { secretId: key['secretId'] ?? '', secretKey: key['secretKey'] ?? '' },
    region: 'ap-guangzhou',
    profile: { httpProfile: { endpoint: new URL(url).host, protocol: 'http://' } },
  });
  return { ...child, url, client };
}

/** Starts it and waits for nothing: for starts that are meant to fail. */
export function spawnServer({
  dataFolder,
  port,
  env = {},
  wrapper = [],
}: ChildOptions): Pick<ChildServer, 'process' | 'output' | 'end'> {
  const command = [...wrapper, process.execPath, PROGRAM, 'up', '--port', String(port), '--data', dataFolder];
  const [program = '', ...args] = command;
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  return {
    process: child,
    output: () => chunks.join(''),
    async end(signal) {
      child.kill(signal);
      return await exited;
    },
  };
}

export async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
