import { z } from 'zod';
import { FunctionError } from '../function-error.ts';
import type { FunctionKey } from '../function-store.ts';
import { DEFAULT_NAMESPACE } from '../namespace-store.ts';

// Requests by GET and with signature V1 hold only texts: they stand for numbers and booleans too.

export type Text = z.ZodString;
export const text: Text = z.string();
export const integer: z.ZodType<number> = z.preprocess(
  (value) => (typeof value === 'string' && /^-?\d{1,15}$/u.test(value) ? Number(value) : value),
  z.number().int(),
);
export const decimal: z.ZodType<number> = z.preprocess(
  (value) => (typeof value === 'string' && /^-?\d{1,9}(?:\.\d{1,9})?$/u.test(value) ? Number(value) : value),
  z.number(),
);
export const flag: z.ZodType<boolean> = z.preprocess((value) => {
  if (value === 'true' || value === 'True') return true;
  return value === 'false' || value === 'False' ? false : value;
}, z.boolean());

/** Names a function; every action that does has these two. */
export const functionFields: { FunctionName: Text; Namespace: z.ZodOptional<Text> } = {
  FunctionName: text,
  Namespace: text.optional(),
};

export function toKey(request: { FunctionName: string; Namespace?: string | undefined }): FunctionKey {
  // An empty text is what some clients send for a field that was not set.
  return { namespace: request.Namespace || DEFAULT_NAMESPACE, name: request.FunctionName };
}

/** @throws FunctionError InvalidParameterValue */
export function toPublish(publish: string | undefined): boolean {
  const upper = (publish ?? '').toUpperCase();
  if (['', 'TRUE', 'FALSE'].includes(upper)) return upper === 'TRUE';
  throw new FunctionError(
    'InvalidParameterValue',
    `Publish must be TRUE or FALSE, got "${upper.slice(0, 40)}".`,
  );
}

const MAX_LIMIT = 10_000;

/** @throws FunctionError InvalidParameterValue.Offset, InvalidParameterValue.Limit, LimitExceeded.Offset */
export function toPage(
  { Offset: offset = 0, Limit: limit = 20 }: { Offset?: number | undefined; Limit?: number | undefined },
  max: number = MAX_LIMIT,
): { offset: number; limit: number } {
  if (offset < 0)
    throw new FunctionError('InvalidParameterValue.Offset', `Offset must be 0 or more, got ${offset}.`);
  if (limit < 0 || limit > max)
    throw new FunctionError('InvalidParameterValue.Limit', `Limit must be 0 to ${max}, got ${limit}.`);
  if (offset > MAX_LIMIT)
    throw new FunctionError('LimitExceeded.Offset', `Offset may be ${MAX_LIMIT}, got ${offset}.`);
  return { offset, limit };
}

/** @throws FunctionError InvalidParameterValue.Order */
export function toOrder(order: string | undefined, fallback: 'asc' | 'desc'): 'asc' | 'desc' {
  const lower = (order || fallback).toLowerCase();
  if (lower === 'asc' || lower === 'desc') return lower;
  throw new FunctionError('InvalidParameterValue.Order', `Order must be ASC or DESC, got "${order}".`);
}

const EAST_8_MS = 8 * 3_600_000;

/** `2017-05-16 20:00:00` of Beijing, as the cloud writes times. */
export function toTimeText(date: Date): string {
  return new Date(date.getTime() + EAST_8_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** With the microseconds of ListAsyncEvents. */
export function toPreciseTimeText(date: Date): string {
  return `${new Date(date.getTime() + EAST_8_MS).toISOString().slice(0, 23).replace('T', ' ')}000`;
}

/** @throws FunctionError InvalidParameterValue.StartTime */
export function parseTime(value: string): Date {
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d{1,6})?$/u.exec(value);
  const date = new Date(
    match ? `${match[1]}T${match[2]}${(match[3] ?? '.0').slice(0, 4)}+08:00` : Number.NaN,
  );
  if (!Number.isNaN(date.getTime())) return date;
  throw new FunctionError(
    'InvalidParameterValue.StartTime',
    `A time must be written as 2017-05-16 20:00:00, got ${JSON.stringify(value.slice(0, 40))}.`,
  );
}
