import { InvalidArgumentError } from 'commander';

/** For commander: an option's text as a whole number from 1 up. */
export function parsePositiveInteger(text: string): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value > 0) return value;
  throw new InvalidArgumentError('Expected a whole number from 1 up.');
}
