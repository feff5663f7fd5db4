import type { Database, Logger } from '@vodstack/platform';
import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';

export interface Health {
  /** Names of the parts that are not ready, with the reason. */
  readonly pending: Map<string, string>;
}

const DATABASE_TIMEOUT_MS = 2000;

/** `GET /healthz`: 200 when everything is ready, 503 with what is not. */
export function registerHealth(
  app: FastifyInstance,
  health: Health,
  database: Database,
  logger: Logger,
): void {
  app.get('/healthz', { logLevel: 'silent' }, async (_request, reply) => {
    const problems = new Map(health.pending);
    const failure = await checkDatabase(database, logger);
    if (failure) problems.set('database', failure);
    reply.header('cache-control', 'no-store');
    if (problems.size === 0) return { status: 'ok' };
    return reply.code(503).send({ status: 'not ready', problems: Object.fromEntries(problems) });
  });
}

async function checkDatabase(database: Database, logger: Logger): Promise<string | undefined> {
  const timeout = Promise.withResolvers<string>();
  const timer = setTimeout(
    () => timeout.resolve(`no answer within ${DATABASE_TIMEOUT_MS} ms`),
    DATABASE_TIMEOUT_MS,
  );
  const query = sql`select 1`.execute(database.kysely()).then(
    () => undefined,
    (error: unknown) => {
      logger.warn({ err: error }, 'the database does not answer');
      return 'the database does not answer';
    },
  );
  try {
    return await Promise.race([query, timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}
