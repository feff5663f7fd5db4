import { spawn } from 'node:child_process';
import http from 'node:http';
import https from 'node:https';
import { assertPublicHost, publicLookup } from '@vodstack/platform';
import type { TranscodeOutput } from '@vodstack/receiver';
import type { ReceiveConfig } from './config.ts';

type Hook = (output: TranscodeOutput, signal?: AbortSignal) => Promise<void>;

/** What a program that fails wrote last is kept for the log. */
const MAX_ERROR_TEXT = 500;

/**
 * Tells an address or a program of an output, as JSON: the body of a POST, or the standard input. Anything but 2xx, and any exit code
 * but 0, is a failure, and tried again later.
 */
export function createOutputHook(
  config: Pick<ReceiveConfig, 'onOutput' | 'allowsPrivateAddresses'>,
): Hook | undefined {
  const { onOutput: hook, allowsPrivateAddresses } = config;
  if (hook === undefined) return undefined;
  if ('command' in hook) return (output, signal) => run(hook.command, JSON.stringify(output), signal);
  const { url, token } = hook;
  return (output, signal) =>
    post({ url: new URL(url), token, allowsPrivateAddresses }, JSON.stringify(output), signal);
}

async function run(
  [program = '', ...args]: readonly string[],
  input: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const child = spawn(program, args, {
    stdio: ['pipe', 'ignore', 'pipe'],
    ...(signal && { signal, killSignal: 'SIGKILL' }),
  });
  let errors = '';
  child.stderr
    .setEncoding('utf8')
    .on('data', (text: string) => (errors = (errors + text).slice(-MAX_ERROR_TEXT)));
  // A program that does not read its input is free to do so.
  child.stdin.on('error', () => undefined).end(input);
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, by) => {
      if (code === 0) resolve();
      else
        reject(new Error(`expected ${program} to end with 0, got ${String(by ?? code)}: ${errors.trim()}`));
    });
  });
}

interface Target {
  readonly url: URL;
  readonly token: string | undefined;
  readonly allowsPrivateAddresses: boolean;
}

async function post(
  { url, token, allowsPrivateAddresses }: Target,
  body: string,
  signal?: AbortSignal,
): Promise<void> {
  if (!allowsPrivateAddresses) assertPublicHost(url);
  const client = url.protocol === 'https:' ? https : http;
  await new Promise<void>((resolve, reject) => {
    const outgoing = client.request(url, {
      method: 'POST',
      agent: false,
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      ...(signal && { signal }),
      // The very address that was checked is called, so that a name cannot change its mind in between.
      ...(!allowsPrivateAddresses && { lookup: publicLookup }),
    });
    outgoing.once('error', reject).once('response', (response) => {
      response.resume().once('error', reject);
      const { statusCode = 0 } = response;
      // A redirect could carry the record to somebody else.
      if (statusCode >= 200 && statusCode < 300) resolve();
      else reject(new Error(`expected 2xx from ${url.host}, got ${statusCode}`));
    });
    outgoing.end(body);
  });
}
