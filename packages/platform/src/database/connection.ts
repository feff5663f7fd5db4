import { types, type ClientConfig } from 'pg';

/** How to reach a PostgreSQL server: a URL, or the parts (`host` may be a socket folder). */
export interface ConnectionOptions {
  connectionString?: string;
  host?: string;
  port?: number;
  user?: string;
  database?: string;
  password?: string;
  /** Settings of the session, as `-c name=value`. */
  options?: string;
}

/** What every connection of ours has, whether pooled or held open for LISTEN. */
export function toClientConfig(connection: ConnectionOptions, applicationName: string): ClientConfig {
  return {
    ...connection,
    application_name: applicationName,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    types: { getTypeParser },
  };
}

type TypeParsers = (oid: number, format?: 'text' | 'binary') => (text: string) => unknown;

const standardParsers: TypeParsers = types.getTypeParser;
const INT8 = 20;
const INT8_ARRAY = 1016;

/**
 * int8 as number: our ids, sizes and counts stay below 2^53, and a string there turns sums into concatenations.
 * Set for each client, not through `pg.types`, which would change every other user of `pg` in the process.
 */
const getTypeParser: TypeParsers = (oid, format) => {
  const parse = standardParsers(oid, format);
  if (format === 'binary') return parse;
  if (oid === INT8) return Number;
  if (oid === INT8_ARRAY) return (text) => toNumbers(parse(text));
  return parse;
};

function toNumbers(values: unknown): unknown {
  return Array.isArray(values) ? values.map((value) => (value === null ? null : Number(value))) : values;
}
