import type { CompiledQuery, QueryResult } from 'kysely';

/**
 * The one method that we need of a Kysely instance or transaction, whatever its tables are:
 * `Kysely<A>` and `Kysely<B>` are not assignable to one another, both are assignable to this.
 */
export interface QueryRunner {
  executeQuery<Row>(query: CompiledQuery<Row>): Promise<QueryResult<Row>>;
}
