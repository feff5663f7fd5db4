import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { toNodeHandler, type DurableReceiver } from '@vodstack/receiver';
import type { ReceiverDatabase } from './open-database.ts';
import { readOutputs } from './read-outputs.ts';

interface RouteOptions {
  readonly receiver: DurableReceiver;
  readonly pool: ReceiverDatabase['pool'];
  readonly outputsToken: string | undefined;
}

const MAX_OUTPUTS = 1000;
/** A queue that answered longer ago than this is out of reach; a call takes 5 s at most. */
const PULL_SILENCE_MS = 120_000;

/** POST anywhere: a notification. GET /healthz, GET /outputs. */
export function createRoutes(options: RouteOptions): RequestListener {
  const receive = toNodeHandler(options.receiver);
  return (request, response) => {
    if (request.method === 'POST') return receive(request, response);
    answer(options, request, response).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      sendJson(response, 503, { message: reason });
    });
  };
}

async function answer(
  options: RouteOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return sendJson(response, 405, {
      message: 'Notifications are posted; /healthz and /outputs are read with GET.',
    });
  if (pathname === '/healthz') return sendHealth(options, response);
  if (pathname !== '/outputs') return sendJson(response, 404, { message: 'There is nothing here.' });
  if (!isAllowed(request, options.outputsToken)) {
    return sendJson(response, 401, {
      message:
        'Expected the header Authorization: Bearer <outputs_token>; without outputs_token in the configuration nobody may read.',
    });
  }
  const limit = Math.min(MAX_OUTPUTS, Number.parseInt(searchParams.get('limit') ?? '', 10) || MAX_OUTPUTS);
  const fileId = searchParams.get('file') ?? undefined;
  const outputs = await readOutputs(options.pool, { fileId, limit: Math.max(1, limit) });
  return sendJson(response, 200, { outputs });
}

async function sendHealth({ receiver }: RouteOptions, response: ServerResponse): Promise<void> {
  const state = await receiver.readState();
  const { pullState: pull } = receiver;
  const silentMs = pull?.answeredAt ? Date.now() - pull.answeredAt.getTime() : 0;
  const isHealthy =
    pull === undefined || (silentMs < PULL_SILENCE_MS && (pull.error === null || pull.answeredAt !== null));
  sendJson(response, isHealthy ? 200 : 503, { ...state, ...(pull && { pull }) });
}

function isAllowed(request: IncomingMessage, token: string | undefined): boolean {
  if (token === undefined) return false;
  const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}
