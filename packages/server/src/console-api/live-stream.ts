import type { ServerResponse } from 'node:http';
import { LIVE_CHANNEL, type Database, type Subscription } from '@vodstack/platform';
import type { FastifyReply } from 'fastify';

const KEEP_ALIVE_MS = 20_000;
/** A reader that does not read any more is dropped before it fills our memory. */
const MAX_BUFFERED_BYTES = 256 * 1024;

export interface LiveStream {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Turns the reply into a stream of server-sent events that lasts until one side goes. */
  attach(reply: FastifyReply): void;
}

/** Passes on what changes, as it changes, to every open console (server-sent events, HTML standard section 9.2). */
export function createLiveStream(database: Database): LiveStream {
  const readers = new Set<ServerResponse>();
  let subscription: Subscription | undefined;
  let keepAlive: NodeJS.Timeout | undefined;

  function broadcast(text: string): void {
    for (const reader of readers) {
      if (reader.writableLength > MAX_BUFFERED_BYTES) reader.destroy();
      else reader.write(text);
    }
  }

  return {
    async start() {
      subscription ??= await database.listen(LIVE_CHANNEL, (payload) =>
        broadcast(payload === '' ? hello : `data: ${payload}\n\n`),
      );
      keepAlive ??= setInterval(() => broadcast(': still here\n\n'), KEEP_ALIVE_MS);
    },
    async stop() {
      clearInterval(keepAlive);
      for (const reader of readers) reader.end();
      await subscription?.close();
      subscription = undefined;
    },
    attach(reply) {
      reply.hijack();
      const response = reply.raw;
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      response.write(hello);
      readers.add(response);
      response.once('close', () => readers.delete(response));
    },
  };
}

/** Tells a reader that it may have missed something: after connecting, and after the database's connection was away. */
const hello = 'event: hello\ndata: {}\n\n';
