// The load generator of bench/api.ts, a process of its own: reads a LoadRequest from its input, writes a LoadReport.
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { signTc3 } from '@vodstack/protocol';

export interface LoadRequest {
  readonly url: string;
  readonly action: string;
  readonly body: string;
  readonly secretId: string;
  readonly secretKey: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface LoadReport {
  readonly perSec: number;
  readonly p99Ms: number;
}

const HEADERS_END = Buffer.from('\r\n\r\n');

/** One request, signed beforehand: good for five minutes, and generating it costs the measured machine nothing. */
function toBytes({ url, action, body, secretId, secretKey }: LoadRequest): Buffer {
  const { host } = new URL(url);
  const timestampSec = Math.floor(Date.now() / 1000);
  const headers = { 'content-type': 'application/json', host };
  const authorization = signTc3({
    method: 'POST',
    path: '/',
    headers,
    body,
    secretId,
    secretKey,
    timestampSec,
    service: 'vod',
  });
  const lines = {
    ...headers,
    'x-tc-action': action,
    'x-tc-version': '2018-07-17',
    'x-tc-timestamp': timestampSec,
    authorization,
    'content-length': Buffer.byteLength(body),
  };
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST / HTTP/1.1\r\n${head.join('')}\r\n${body}`);
}

/** Sends on one kept connection, one request after the other, until told to stop. */
function drive(request: LoadRequest, bytes: Buffer, onAnswer: (tookMs: number) => boolean): Promise<void> {
  const { hostname, port } = new URL(request.url);
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(Number(port), hostname);
    let sentAt = 0;
    let received = Buffer.alloc(0);
    const send = (): void => {
      sentAt = performance.now();
      socket.write(bytes);
    };
    socket.setNoDelay(true).once('error', reject).once('connect', send);
    socket.on('data', (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const length = answerLength(received);
      if (length === undefined || received.length < length) return;
      if (received.indexOf('"Error"') >= 0 || !received.subarray(0, 15).includes('200')) {
        reject(new Error(`an answer that is none: ${received.toString('utf8', 0, 600)}`));
      }
      received = Buffer.alloc(0);
      if (onAnswer(performance.now() - sentAt)) send();
      else socket.end(resolve);
    });
  });
}

/** Of the whole answer; undefined while its headers are not complete. */
function answerLength(received: Buffer): number | undefined {
  const end = received.indexOf(HEADERS_END);
  if (end < 0) return undefined;
  const length = /content-length: (\d+)/i.exec(received.subarray(0, end).toString('latin1'))?.[1];
  return end + HEADERS_END.length + Number(length);
}

const request = JSON.parse(await text(process.stdin)) as LoadRequest;
const bytes = toBytes(request);
const tookMs: number[] = [];
const began = performance.now();
const onAnswer = (took: number): boolean => {
  tookMs.push(took);
  return performance.now() - began < request.seconds * 1000;
};
await Promise.all(Array.from({ length: request.connections }, () => drive(request, bytes, onAnswer)));
const seconds = (performance.now() - began) / 1000;
const p99Ms = tookMs.toSorted((a, b) => a - b)[Math.floor(tookMs.length * 0.99)] ?? 0;
console.log(JSON.stringify({ perSec: tookMs.length / seconds, p99Ms } satisfies LoadReport));
