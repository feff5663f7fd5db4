import {
  id,
  list,
  nullable,
  number,
  object,
  oneOf,
  record,
  text,
  withDefault,
  type Decoded,
  type Decoder,
} from '../api/decode.ts';

export const EVENT_STATES = ['pending', 'delivered', 'confirmed', 'failed', 'unaddressed'] as const;
export type EventState = (typeof EVENT_STATES)[number];

export function isEventState(value: unknown): value is EventState {
  return EVENT_STATES.some((state) => state === value);
}

const headers: Decoder<Record<string, string>> = (value, path) =>
  Object.fromEntries(Object.entries(record(value, path)).map(([name, entry]) => [name, String(entry)]));

const attempt = object({
  attempt: number,
  url: withDefault(text, ''),
  startedAt: text,
  durationMs: nullable(number),
  status: nullable(number),
  error: nullable(text),
  requestHeaders: withDefault(headers, {}),
  requestBody: withDefault(text, ''),
  responseHeaders: nullable(headers),
  responseBody: nullable(text),
  /** Null: the callback URL. */
  endpointId: nullable(id),
  /** Why there is another attempt, or none. */
  nextReason: nullable(text),
  /** What was done wrong on purpose. */
  injected: withDefault(list(text), []),
});

const dispatch = object({
  endpointId: id,
  url: text,
  state: oneOf('pending', 'delivered', 'dead'),
  attempts: number,
  nextAttemptAt: nullable(text),
  reason: nullable(text),
});

/** One event with each of its deliveries. */
export const eventView = object({
  eventId: id,
  type: text,
  fileId: withDefault(text, ''),
  mode: text,
  state: oneOf(...EVENT_STATES),
  createdAt: text,
  settledAt: nullable(text),
  payload: withDefault(text, ''),
  attempts: withDefault(list(attempt), []),
  /** How it stands with each endpoint. */
  dispatches: withDefault(list(dispatch), []),
});

export type EventView = Decoded<typeof eventView>;
export type Dispatch = Decoded<typeof dispatch>;
export type Attempt = Decoded<typeof attempt>;

/** What the gateway says of the function's request that answered; undefined when something else did. */
export function functionRequestOf({ responseHeaders }: Attempt): string | undefined {
  return responseHeaders?.['x-scf-request-id'];
}
