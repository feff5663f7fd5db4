import { createHash } from 'node:crypto';
import { Client } from 'pg';

/** Each connection keeps this many plans at most; texts that come later are planned anew each time. */
const MAX_STATEMENTS = 500;

/** Lets the server keep the plan of every query with parameters: planning a look-up by key costs more than the look-up itself. */
export function createPreparingClient(): typeof Client {
  const names = new Map<string, string>();

  function nameOf(text: string): string | undefined {
    const known = names.get(text);
    if (known !== undefined || names.size >= MAX_STATEMENTS) return known;
    const name = createHash('sha256').update(text).digest('base64url').slice(0, 32);
    names.set(text, name);
    return name;
  }

  return class PreparingClient extends Client {
    // The signature has a dozen overloads; whatever is not a text with values goes on as it is.
    override query(...args: unknown[]): never {
      const [text, values, ...rest] = args;
      const name = typeof text === 'string' && isFilled(values) ? nameOf(text) : undefined;
      const all = name === undefined ? args : [{ name, text, values }, ...rest];
      return Reflect.apply(Client.prototype.query as (...given: unknown[]) => never, this, all);
    }
  };
}

function isFilled(values: unknown): boolean {
  return Array.isArray(values) && values.length > 0;
}
