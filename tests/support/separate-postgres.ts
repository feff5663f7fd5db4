export interface SeparatePostgres {
  /** With user and password. */
  readonly url: string;
  readonly version: string;
  /** Ends it at once, without a word to its clients' transactions; `restart` brings it back on the same port. */
  crash(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A PostgreSQL server of its own, over TCP with a password: the one that `npm test` runs suites against. */
export async function startSeparatePostgres(): Promise<SeparatePostgres> {
  const script = new URL('../../scripts/external-postgres.mjs', import.meta.url).href;
  const { startExternalPostgres } = (await import(script)) as {
    startExternalPostgres: () => Promise<SeparatePostgres>;
  };
  return await startExternalPostgres();
}
