import type { Alias } from './alias-store.ts';

/**
 * Which version serves a request to an alias: the one whose rule the routing key fits, else one drawn by weight, else
 * the main one.
 *
 * @param routingKey `RoutingKey` of the call, parsed
 * @param drawn a number from 0 to 1
 */
export function routeAlias(alias: Alias, routingKey: Record<string, string>, drawn: number): string {
  const { AddtionVersionMatchs: matches = [], AdditionalVersionWeights: weights = [] } = alias.routing;
  const matched = matches.find((match) => isMatch(match, routingKey));
  if (matched) return matched.Version;
  let sum = 0;
  for (const { Version: version, Weight: weight } of weights) {
    sum += weight;
    if (drawn < sum) return version;
  }
  return alias.functionVersion;
}

const KEY_PREFIX = /^invoke\.headers\./iu;

function isMatch(
  { Key: key, Method: method, Expression: expression }: { Key: string; Method: string; Expression: string },
  routingKey: Record<string, string>,
): boolean {
  const name = key.replace(KEY_PREFIX, '');
  const value = Object.entries(routingKey).find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1];
  if (value === undefined) return false;
  return method === 'range' ? isInRange(value, expression) : value === expression;
}

/** `[a,b]`, `(a,b]`, … of numbers. */
export function parseRange(
  expression: string,
): { from: number; to: number; isFromIn: boolean; isToIn: boolean } | undefined {
  const match = /^([[(])\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*([\])])$/u.exec(expression.trim());
  if (!match) return undefined;
  const [, open, from, to, close] = match;
  return { from: Number(from), to: Number(to), isFromIn: open === '[', isToIn: close === ']' };
}

function isInRange(text: string, expression: string): boolean {
  const range = parseRange(expression);
  const value = Number(text);
  if (!range || text.trim() === '' || Number.isNaN(value)) return false;
  const isAbove = range.isFromIn ? value >= range.from : value > range.from;
  return isAbove && (range.isToIn ? value <= range.to : value < range.to);
}
