import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { postConsole } from '../tests/support/console-api.ts';
import { type Stack, startQuietStack } from '../tests/support/stack.ts';
import type { BenchResult } from './bench-result.ts';

const EVENTS = 400;
const WARM_UP = 40;

/** Waits for the posts that carry a marker, and says when each came (UNIX milliseconds with fractions). */
interface Handler {
  readonly url: string;
  arrivalOf(marker: string): Promise<number>;
  stop(): Promise<void>;
}

/**
 * From the change to the handler: its transaction is committed, and the handler is called. One event after the other, by the
 * callback URL and by an endpoint of the profile hardened, against a bare POST to the same handler.
 */
export async function events(): Promise<BenchResult> {
  const [stack, handler] = [await startQuietStack(), await startHandler()];
  try {
    const bare = await measure(() => measureBare(handler));
    await stack.client.ModifyEventConfig({ NotificationUrl: handler.url, SignKey: 'Key123' });
    const callback = await measure(() => measureEvent(stack, handler));
    await stack.client.ModifyEventConfig({ NotificationUrl: '' });
    const { answer } = await postConsole(stack.url, '/endpoints', { url: handler.url });
    const endpoint = await measure(() => measureEvent(stack, handler, Number(answer['endpointId'])));
    return {
      figures: {
        events: EVENTS,
        bareP50Ms: at(bare, 0.5),
        bareP99Ms: at(bare, 0.99),
        callbackP50Ms: at(callback, 0.5),
        callbackP99Ms: at(callback, 0.99),
        endpointP50Ms: at(endpoint, 0.5),
        endpointP99Ms: at(endpoint, 0.99),
      },
      ratios: {
        callbackToBareP50: round(at(callback, 0.5) / at(bare, 0.5)),
        endpointToBareP50: round(at(endpoint, 0.5) / at(bare, 0.5)),
      },
    };
  } finally {
    await handler.stop();
    await stack.stop();
  }
}

async function measure(once: () => Promise<number>): Promise<number[]> {
  const latencies: number[] = [];
  for (let index = 0; index < WARM_UP + EVENTS; index++) {
    const latencyMs = await once();
    if (index >= WARM_UP) latencies.push(latencyMs);
  }
  return latencies.toSorted((one, other) => one - other);
}

let markers = 0;

/** As the server writes an event, so that the moment of the commit is known. */
async function measureEvent(stack: Stack, handler: Handler, endpointId?: number): Promise<number> {
  const marker = `marker-${(markers += 1)}`;
  const arrival = handler.arrivalOf(marker);
  const { pool } = await stack.openDatabase();
  const client = await pool.connect();
  try {
    await client.query('begin');
    const payload = JSON.stringify({ EventType: 'FileDeleted', FileDeleteEvent: { FileIdSet: [marker] } });
    const { rows } = await client.query<{ event_id: number }>(
      `insert into vod.event (sub_app_id, type, file_id, mode, payload, state)
       values ($1, 'FileDeleted', $2, 'PUSH', $3, $4) returning event_id`,
      [stack.server.credentials.appId, marker, payload, endpointId ? 'unaddressed' : 'pending'],
    );
    if (endpointId) {
      const sql = 'insert into vod.dispatch (event_id, endpoint_id, file_id) values ($1, $2, $3)';
      await client.query(sql, [rows[0]?.event_id, endpointId, marker]);
    }
    await client.query(`select pg_notify('vod_event', 'PUSH')`);
    const began = performance.timeOrigin + performance.now();
    await client.query('commit');
    return (await arrival) - began;
  } finally {
    client.release();
  }
}

async function measureBare(handler: Handler): Promise<number> {
  const marker = `marker-${(markers += 1)}`;
  const arrival = handler.arrivalOf(marker);
  const began = performance.timeOrigin + performance.now();
  await fetch(handler.url, { method: 'POST', body: JSON.stringify({ marker }) });
  return (await arrival) - began;
}

async function startHandler(): Promise<Handler> {
  const waiting = new Map<string, (atMs: number) => void>();
  const server = createServer((request, response) => {
    const atMs = performance.timeOrigin + performance.now();
    void text(request).then((body) => {
      const [marker = ''] = /marker-\d+/.exec(body) ?? [];
      waiting.get(marker)?.(atMs);
      waiting.delete(marker);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    arrivalOf(marker) {
      const { promise, resolve } = Promise.withResolvers<number>();
      waiting.set(marker, resolve);
      return promise;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function at(sorted: readonly number[], quantile: number): number {
  return round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? Number.NaN);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
