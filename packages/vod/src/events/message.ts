import { createHash } from 'node:crypto';
import { callbackSign, callbackSignLifeSec, webhookHeaders, withExplicitNulls } from '@vodstack/protocol';
import type { EventRow } from '../tables.ts';
import type { FaultKind } from './faults/fault-kinds.ts';

export interface MessageSource {
  readonly payload: string;
  /** With one, the members `Sign` and `T` join the message. */
  readonly signKey: string | null;
  /** Of the profile `hardened`: signs the very body. */
  readonly webhook?: { readonly id: string; readonly secrets: readonly string[] } | undefined;
  readonly now: Date;
  /** 32 hexadecimal digits; the gateway takes it over, and the function's log shows it. */
  readonly traceId: string;
  /** What is to be wrong with it. */
  readonly injected: readonly FaultKind[];
}

export interface Message {
  readonly headers: Record<string, string>;
  readonly body: string;
}

const LONG_AGO_SEC = 3600;
const WRONG_KEY = 'wrong';
const WRONG_SECRET = 'whsec_d3Jvbmc=';

/** What is posted: the event's JSON, signed as its profile demands. */
export function toMessage({ payload, signKey, webhook, now, traceId, injected }: MessageSource): Message {
  const nowSec = Math.floor(now.getTime() / 1000) - (injected.includes('expired') ? LONG_AGO_SEC : 0);
  const isForged = injected.includes('wrong-signature');
  const text = injected.includes('nulls') ? withExplicitNulls(payload) : payload;
  const body = toSignedPayload(text, isForged ? WRONG_KEY : signKey, nowSec + callbackSignLifeSec);
  const headers = { 'content-type': 'application/json', 'user-agent': 'vodstack', 'x-b3-traceid': traceId };
  if (!webhook) return { headers, body };
  const secrets = isForged ? [WRONG_SECRET] : webhook.secrets;
  return {
    headers: { ...headers, ...webhookHeaders({ id: webhook.id, timestampSec: nowSec, body }, secrets) },
    body,
  };
}

/** T is the time until which the message may be believed. */
function toSignedPayload(payload: string, signKey: string | null, expirySec: number): string {
  if (!signKey) return payload;
  const signed = JSON.stringify({ Sign: callbackSign(signKey, expirySec), T: expirySec });
  return `${payload.slice(0, -1)},${signed.slice(1)}`;
}

/** The same for every send of an event: the gateway takes it over, and the function's log shows it. */
export function toTraceId({ event_id, created_at }: Pick<EventRow, 'event_id' | 'created_at'>): string {
  const text = `vod event ${event_id} of ${created_at.toISOString()}`;
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
