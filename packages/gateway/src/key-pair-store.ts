import { randomInt } from 'node:crypto';
import type { Database } from '@vodstack/platform';

/** Opens the APIs that name it. The secret has to be kept as it is: it is the key of an HMAC. */
export interface KeyPair {
  secretId: string;
  secretKey: string;
  name: string;
}

interface KeyPairTables {
  'gateway.key_pair': { secret_id: string; secret_key: string; name: string };
}

export interface KeyPairStore {
  /** The pair of that name, made when there is none. */
  ensure(name: string): Promise<KeyPair>;
  find(secretId: string): Promise<KeyPair | undefined>;
}

export function createKeyPairStore(database: Database): KeyPairStore {
  const db = database.kysely<KeyPairTables>();
  return {
    async ensure(name) {
      const values = { secret_id: `AKID${randomText(32)}`, secret_key: randomText(32), name };
      const row = await db
        .insertInto('gateway.key_pair')
        .values(values)
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ name }))
        .returningAll()
        .executeTakeFirstOrThrow();
      return toKeyPair(row);
    },
    async find(secretId) {
      const row = await db
        .selectFrom('gateway.key_pair')
        .selectAll()
        .where('secret_id', '=', secretId)
        .executeTakeFirst();
      return row && toKeyPair(row);
    },
  };
}

function toKeyPair(row: KeyPairTables['gateway.key_pair']): KeyPair {
  return { secretId: row.secret_id, secretKey: row.secret_key, name: row.name };
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function randomText(length: number): string {
  return Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}
