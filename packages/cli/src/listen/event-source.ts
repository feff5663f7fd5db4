import { setTimeout as delay } from 'node:timers/promises';
import type { EventContent } from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_models.js';
import type { VodClient } from '../connection.ts';

export interface SourcedEvent {
  readonly handle: string;
  readonly type: string;
  readonly fileId: string;
  /** The message as a callback would carry it: without EventHandle and without members that are null. */
  readonly body: string;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Events in pull mode, for ever, as they come (266/34183). A server that cannot be reached is asked again, in growing
 * intervals; what was pulled and not confirmed comes again after 30 s, so that nothing is lost.
 * @param onTrouble is told why there is a pause
 */
export async function* pullEvents(
  client: Pick<VodClient, 'PullEvents'>,
  onTrouble: (message: string) => void,
  signal: AbortSignal,
): AsyncGenerator<SourcedEvent[]> {
  let pauseMs = FIRST_PAUSE_MS;
  const { promise: aborted, resolve } = Promise.withResolvers<undefined>();
  signal.addEventListener('abort', () => resolve(undefined), { once: true });
  while (!signal.aborted) {
    try {
      // A poll under way at the end is left behind: what it pulls comes again.
      const answer = await Promise.race([client.PullEvents({}), aborted]);
      pauseMs = FIRST_PAUSE_MS;
      yield (answer?.EventSet ?? []).map(toSourcedEvent);
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      // "no event": the server has waited already.
      if (code === 'ResourceNotFound') continue;
      if (code && /^(AuthFailure|UnauthorizedOperation|InvalidParameter)/.test(code)) throw error;
      onTrouble(code ? `${code}: ${message}` : message);
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }
}

function toSourcedEvent({ EventHandle = '', ...event }: EventContent): SourcedEvent {
  const present = Object.entries(event).filter(([, value]) => value !== null && value !== undefined);
  const content = present.find(([name]) => name !== 'EventType')?.[1] as
    | { FileId?: string; FileIdSet?: string[] }
    | undefined;
  return {
    handle: EventHandle,
    type: event.EventType ?? '',
    fileId: content?.FileId ?? content?.FileIdSet?.[0] ?? '',
    body: JSON.stringify(Object.fromEntries(present)),
  };
}
