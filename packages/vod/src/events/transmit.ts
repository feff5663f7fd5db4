import type { VodContext } from '../context.ts';
import type { FaultKind } from './faults/fault-kinds.ts';
import { post, type PostResult } from './http-post.ts';
import { toHttpUrl } from './http-url.ts';
import type { Message } from './message.ts';
import type { Exchange } from './record-delivery.ts';

export interface Transmission {
  readonly url: string;
  readonly message: Message;
  readonly timeoutMs: number;
  readonly injected: readonly FaultKind[];
}

/** Never rejects. The first exchange is the one that counts; a second is the double that a fault asks for. */
export async function transmit(
  context: VodContext,
  transmission: Transmission,
  signal: AbortSignal,
): Promise<[Exchange, ...Exchange[]]> {
  const first = send(context, transmission, signal);
  if (!transmission.injected.includes('duplicate')) return [await first];
  return await Promise.all([first, send(context, transmission, signal)]);
}

async function send(
  context: VodContext,
  { url, message, timeoutMs, injected }: Transmission,
  signal: AbortSignal,
): Promise<Exchange> {
  const startedAt = context.clock();
  const startMs = performance.now();
  const result = await exchange(context, { url, message, timeoutMs, injected }, signal);
  return {
    ...message,
    url,
    startedAt,
    durationMs: Math.round(performance.now() - startMs),
    result,
    injected,
  };
}

async function exchange(
  context: VodContext,
  { url: text, message, timeoutMs, injected }: Transmission,
  signal: AbortSignal,
): Promise<PostResult> {
  if (injected.includes('drop')) return { outcome: 'error', message: 'dropped on purpose (fault drop)' };
  const url = toHttpUrl(text);
  if (!url) return { outcome: 'error', message: `the address ${JSON.stringify(text)} is not an http(s) URL` };
  return await post({
    url,
    ...message,
    timeoutMs,
    stalls: injected.includes('stall'),
    allowsPrivateAddress: context.allowsPrivateAddress(url),
    signal,
  });
}
