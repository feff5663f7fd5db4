import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { createEmbeddedPostgres, createLogger } from '@vodstack/platform';
import { sampleEvent } from '@vodstack/protocol';
import { createReceiverPool } from '@vodstack/receiver';
import { eventually } from '../tests/support/eventually.ts';
import { createWorkFolder } from '../tests/support/work-folder.ts';
import type { BenchResult } from './bench-result.ts';
import type { NotificationLoad, NotificationReport } from './receiver-load.ts';

type Pool = ReturnType<typeof createReceiverPool>;

const CONNECTIONS = 64;
const WARM_UP_SEC = 2;
const MEASURE_SEC = 5;
const ROUNDS = 3;
const SOAK_SEC = 20;

const template = sampleEvent('NewFileUpload', {
  fileId: 'FILE_ID_PLACE_HOLDER',
  taskId: '',
  baseUrl: 'http://example.com',
  at: new Date(),
});

/**
 * Notifications per second that the receiver accepts, each stored durably (fsync) before its answer and handled meanwhile, against a bare
 * server that parses and answers: same load, same run, in turns. Then a soak at half of that rate. At the end every id is counted.
 * Arguments: seconds of the soak.
 */
export async function receiver([soakSec = String(SOAK_SEC)]: readonly string[]): Promise<BenchResult> {
  const folder = await createWorkFolder();
  const embedded = createEmbeddedPostgres({
    folder: folder.join('postgres'),
    logger: createLogger({ level: 'silent' }),
  });
  const connection = await embedded.start();
  const pool = createReceiverPool(connection, console.error);
  const durable = await startServer(
    new URL('receiver-process.ts', import.meta.url),
    JSON.stringify(connection),
  );
  const bare = await startServer(new URL('bare-receiver.mjs', import.meta.url));
  try {
    let acknowledged = 0;
    const send = async (ratePerSec: number, seconds: number): Promise<NotificationReport> => {
      const report = await load({ url: durable.url, firstId: acknowledged, ratePerSec, seconds });
      acknowledged += report.acknowledged;
      return report;
    };
    await load({ url: bare.url, firstId: 0, ratePerSec: 0, seconds: WARM_UP_SEC });
    await send(0, WARM_UP_SEC);
    const reports: { real: NotificationReport; bare: NotificationReport }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const bareReport = await load({ url: bare.url, firstId: 0, ratePerSec: 0, seconds: MEASURE_SEC });
      reports.push({ bare: bareReport, real: await send(0, MEASURE_SEC) });
    }
    const perSec = median(reports.map(({ real }) => real.perSec));
    await settled(pool);
    const rssBefore = await readRss(durable.process);
    const soak = await send(perSec / 2, Number(soakSec));
    await settled(pool);
    const { lost, doubled } = await count(pool, acknowledged);
    return {
      figures: {
        connections: CONNECTIONS,
        perSec: Math.round(perSec),
        p99Ms: round1(median(reports.map(({ real }) => real.p99Ms))),
        barePerSec: Math.round(median(reports.map((each) => each.bare.perSec))),
        bareP99Ms: round1(median(reports.map((each) => each.bare.p99Ms))),
        halfRatePerSec: Math.round(soak.perSec),
        halfRateP99Ms: round1(soak.p99Ms),
        acknowledged,
        lost,
        doubled,
        rssMiBBeforeSoak: rssBefore,
        rssMiBAfterSoak: await readRss(durable.process),
      },
      ratios: {
        durableToBare: round1000(median(reports.map((each) => each.real.perSec / each.bare.perSec))),
      },
    };
  } finally {
    durable.process.kill();
    bare.process.kill();
    await pool.end();
    await embedded.stop();
    await folder.remove();
  }
}

async function startServer(
  program: URL,
  ...args: readonly string[]
): Promise<{ url: string; process: ChildProcess }> {
  const child = spawn(process.execPath, [program.pathname, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { url: `http://127.0.0.1:${port}/callback`, process: child };
}

async function load(
  request: Omit<NotificationLoad, 'template' | 'connections'>,
): Promise<NotificationReport> {
  const child = spawn(process.execPath, [new URL('receiver-load.ts', import.meta.url).pathname], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (output += part));
  child.stdin.end(JSON.stringify({ ...request, template, connections: CONNECTIONS }));
  await once(child, 'close');
  return JSON.parse(output) as NotificationReport;
}

/** Every event has been handled. */
async function settled(pool: Pool): Promise<void> {
  await eventually(
    'an empty inbox',
    async () => {
      const { rows } = await pool.query<{ left: number }>(
        `select count(*)::integer as left from receiver.inbox where state = 'pending'`,
      );
      return rows[0]?.left === 0;
    },
    120_000,
  );
}

/** Ids that were acknowledged and are not there; events that are there, or were handled, more than once. */
async function count(pool: Pool, acknowledged: number): Promise<{ lost: number; doubled: number }> {
  const { rows } = await pool.query<{ lost: number; doubled: number }>(
    `select (select count(*)::integer from generate_series(0, $1 - 1) as id where not exists (
         select from receiver.inbox where order_key = lpad(id::text, 19, '1') and state = 'done')) as lost,
       (select count(*) - count(distinct file_id) + coalesce(sum(attempts - 1), 0) from receiver.inbox)::integer as doubled`,
    [acknowledged],
  );
  return rows[0] ?? { lost: acknowledged, doubled: 0 };
}

async function readRss({ pid = 0 }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function round1(value: number): number {
  return Math.round(value * 10) / 10;
}

function round1000(value: number): number {
  return Math.round(value * 1000) / 1000;
}
