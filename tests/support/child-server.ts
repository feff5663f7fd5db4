import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Client } from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_client.js';
import { eventually } from './eventually.ts';
import { type RunningProgram, spawnProgram } from './program.ts';

/** `vodstack up` as a process of its own, as a user starts it. */
export interface ChildServer extends RunningProgram {
  readonly url: string;
  readonly client: Client;
}

export interface ChildOptions {
  readonly dataFolder: string;
  readonly port: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Further arguments of `vodstack up`. */
  readonly args?: readonly string[];
  /** What to start it with, such as `unshare`. */
  readonly wrapper?: readonly string[];
}

/** Starts it and waits until `/healthz` says that everything is ready. */
export async function startChildServer(options: ChildOptions): Promise<ChildServer> {
  const child = spawnServer(options);
  const url = `http://127.0.0.1:${options.port}`;
  try {
    await awaitReady(url, child);
  } catch (error) {
    await child.end('SIGKILL');
    throw error;
  }
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

/** Waits until `/healthz` says that everything is ready. */
export async function awaitReady(url: string, child: RunningProgram): Promise<void> {
  await eventually('the server is ready', async () => {
    if (child.process.exitCode !== null || child.process.signalCode !== null) {
      throw new Error(`the server ended:\n${child.output()}`);
    }
    const response = await fetch(`${url}/healthz`).catch(() => undefined);
    return response?.status === 200;
  });
}

/** Starts it and waits for nothing: for starts that are meant to fail. */
export function spawnServer({ dataFolder, port, args = [], ...options }: ChildOptions): RunningProgram {
  return spawnProgram(['up', '--port', String(port), '--data', dataFolder, ...args], options);
}

export async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}
