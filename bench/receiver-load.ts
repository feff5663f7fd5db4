// The load generator of bench/receiver.ts, a process of its own: reads a NotificationLoad from its input, writes a NotificationReport.
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

export interface NotificationLoad {
  readonly url: string;
  /** The notification, with `FILE_ID_PLACE_HOLDER` where each gets its own. */
  readonly template: string;
  readonly firstId: number;
  readonly connections: number;
  readonly seconds: number;
  /** 0: as fast as answers come. */
  readonly ratePerSec: number;
}

export interface NotificationReport {
  /** Answered 200; their ids are firstId and the following ones. */
  readonly acknowledged: number;
  readonly perSec: number;
  readonly p99Ms: number;
}

const PLACE_HOLDER = 'FILE_ID_PLACE_HOLDER';
const ID_LENGTH = 19;

const load = JSON.parse(await text(process.stdin)) as NotificationLoad;
const url = new URL(load.url);
const parts = load.template.split(PLACE_HOLDER);
const length = Buffer.byteLength(parts.join('')) + (parts.length - 1) * ID_LENGTH;
const head = `POST ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
const tookMs: number[] = [];
const began = performance.now();
let sent = 0;

/** @returns when the next notification is due; undefined when the time is up */
function nextDue(): number | undefined {
  const due = load.ratePerSec === 0 ? performance.now() : began + (sent / load.ratePerSec) * 1000;
  if (due - began >= load.seconds * 1000) return undefined;
  sent += 1;
  return due;
}

async function drive(): Promise<void> {
  const socket: Socket = connect(Number(url.port), url.hostname);
  socket.setNoDelay(true);
  for (let due = nextDue(); due !== undefined; due = nextDue()) {
    const id = String(load.firstId + sent - 1).padStart(ID_LENGTH, '1');
    const waitMs = due - performance.now();
    if (waitMs > 1) await delay(waitMs);
    await exchange(socket, `${head}${parts.join(id)}`);
    // From when it was due: a server that falls behind must not hide it by slowing down its client.
    tookMs.push(performance.now() - due);
  }
  socket.end();
}

function exchange(socket: Socket, request: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('data', (chunk: Buffer) => {
      socket.off('error', reject);
      const answer = chunk.toString('latin1');
      if (answer.startsWith('HTTP/1.1 200')) resolve();
      else reject(new Error(`an answer that is none: ${answer.slice(0, 300)}`));
    });
    socket.write(request);
  });
}

await Promise.all(Array.from({ length: load.connections }, drive));
const report: NotificationReport = {
  acknowledged: tookMs.length,
  perSec: tookMs.length / ((performance.now() - began) / 1000),
  p99Ms: tookMs.toSorted((a, b) => a - b)[Math.floor(tookMs.length * 0.99)] ?? 0,
};
console.log(JSON.stringify(report));
