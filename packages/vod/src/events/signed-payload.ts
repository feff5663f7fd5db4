import { callbackSign, callbackSignLifeSec } from '@vodstack/protocol';

/** With a SignKey the members `Sign` and `T` join the message; T is the time until which it may be believed. */
export function toSignedPayload(payload: string, signKey: string | null, now: Date): string {
  if (!signKey) return payload;
  const expirySec = Math.floor(now.getTime() / 1000) + callbackSignLifeSec;
  const signed = JSON.stringify({ Sign: callbackSign(signKey, expirySec), T: expirySec });
  return `${payload.slice(0, -1)},${signed.slice(1)}`;
}
