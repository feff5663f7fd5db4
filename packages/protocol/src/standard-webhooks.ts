import { createHmac } from 'node:crypto';

// Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

/** What a secret looks like in people's hands: this, then 24 to 64 bytes in base64. */
export const webhookSecretPrefix = 'whsec_';

export interface WebhookMessage {
  /** The same for every send of one message. */
  readonly id: string;
  /** UNIX seconds of this send. */
  readonly timestampSec: number;
  /** Exactly as sent. */
  readonly body: string;
}

/**
 * The three headers of a Standard Webhooks message; the signature covers id, time and body.
 * @param secrets one, or several while they are being exchanged: each gives a signature of its own
 */
export function webhookHeaders(message: WebhookMessage, secrets: readonly string[]): Record<string, string> {
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(message.timestampSec),
    'webhook-signature': secrets.map((secret) => webhookSignature(message, secret)).join(' '),
  };
}

function webhookSignature({ id, timestampSec, body }: WebhookMessage, secret: string): string {
  const key = Buffer.from(secret.replace(webhookSecretPrefix, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestampSec}.${body}`).digest('base64')}`;
}
