import type { Outcome } from '../outcome.ts';
import type { Frame } from './frame-codec.ts';

/** What a runtime process says on the control channel. */
export type ChildMessage =
  | { type: 'ready'; functionMs: number }
  | { type: 'init-failed'; outcome: Outcome }
  | { type: 'response'; outcome: Outcome }
  /** The request is over, its asynchronous rest included. `failure` came after the response; `fatal`: do not reuse. */
  | { type: 'done'; fatal: boolean; failure: Outcome | undefined };

/** @throws Error when the frame is not one of ours: user code can write to the channel too */
export function parseChildMessage({ header, body }: Frame): ChildMessage {
  const fields = toFields(header);
  const text = (): string => body.toString('utf8');
  switch (fields['type']) {
    case 'ready':
      return { type: 'ready', functionMs: Number(fields['functionMs']) || 0 };
    case 'load-failed':
      return { type: 'init-failed', outcome: { kind: 'load-failed', stack: text() } };
    case 'handler-missing':
      return { type: 'init-failed', outcome: { kind: 'handler-missing', message: text() } };
    case 'response':
      return { type: 'response', outcome: toOutcome(fields['kind'], text()) };
    case 'done': {
      const failure: Outcome | undefined = body.length > 0 ? { kind: 'threw', stack: text() } : undefined;
      return { type: 'done', fatal: fields['fatal'] === true, failure };
    }
    default:
      throw new Error('an unknown message came from the runtime process');
  }
}

function toFields(header: unknown): Partial<Record<string, unknown>> {
  return typeof header === 'object' && header !== null ? { ...header } : {};
}

function toOutcome(kind: unknown, text: string): Outcome {
  switch (kind) {
    case 'returned':
      return { kind, text };
    case 'threw':
      return { kind, stack: text };
    case 'bad-event':
    case 'response-too-large':
    case 'out-of-memory':
      return { kind };
    default:
      throw new Error('an unknown response came from the runtime process');
  }
}
