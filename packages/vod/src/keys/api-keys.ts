import { randomBytes } from 'node:crypto';
import { ApiError } from '@vodstack/protocol';
import type { VodContext } from '../context.ts';
import type { KeyRing } from './key-ring.ts';

/** An API key without its secret. */
export interface ApiKeyView {
  readonly secretId: string;
  readonly name: string;
  /** Null: all of the account's. */
  readonly subAppIds: readonly number[] | null;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
  readonly disabledAt: string | null;
}

export interface NewApiKey {
  readonly name: string;
  /** Empty: all of the account's. */
  readonly subAppIds: readonly number[];
}

export interface ApiKeys {
  /** @throws ApiError InvalidParameterValue.SubAppId for an application that does not exist */
  create(key: NewApiKey): Promise<ApiKeyView & { readonly secretKey: string }>;
  list(): Promise<ApiKeyView[]>;
  /** @throws ApiError ResourceNotFound; UnsupportedOperation for the server's own key */
  disable(secretId: string): Promise<ApiKeyView>;
}

/** The account's API keys, for people: the API itself has no action for them. */
export function createApiKeys(context: VodContext, keys: KeyRing, ownSecretId: () => string): ApiKeys {
  const { db, clock } = context;
  return {
    async create({ name, subAppIds }) {
      await assertApplications(context, subAppIds);
      const secretId = `AKID${randomToken(32)}`;
      const secretKey = randomToken(32);
      const row = await db
        .insertInto('vod.api_key')
        .values({
          secret_id: secretId,
          secret_key: secretKey,
          name,
          sub_app_ids: subAppIds.length > 0 ? JSON.stringify(subAppIds) : null,
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      keys.forgetAll();
      return { ...toView(row), secretKey };
    },
    async list() {
      const rows = await db.selectFrom('vod.api_key').selectAll().orderBy('created_at').execute();
      return rows.map(toView);
    },
    async disable(secretId) {
      if (secretId === ownSecretId()) {
        throw new ApiError(
          'UnsupportedOperation',
          `${secretId} is the server's own key and cannot be disabled: start the server with another SECRET_ID and SECRET_KEY first.`,
        );
      }
      const row = await db
        .updateTable('vod.api_key')
        .set((set) => ({ disabled_at: set.fn.coalesce('disabled_at', set.val(clock())) }))
        .where('secret_id', '=', secretId)
        .returningAll()
        .executeTakeFirst();
      keys.forgetAll();
      if (row) return toView(row);
      throw new ApiError(
        'ResourceNotFound',
        `There is no API key ${JSON.stringify(secretId.slice(0, 130))}.`,
      );
    },
  };
}

async function assertApplications({ db }: VodContext, subAppIds: readonly number[]): Promise<void> {
  if (subAppIds.length === 0) return;
  const rows = await db
    .selectFrom('vod.sub_app')
    .select('sub_app_id')
    .where('sub_app_id', 'in', subAppIds)
    .execute();
  const known = new Set(rows.map((row) => row.sub_app_id));
  const missing = subAppIds.filter((id) => !known.has(id));
  if (missing.length === 0) return;
  throw new ApiError(
    'InvalidParameterValue.SubAppId',
    `There is no application ${missing.join(', ')} in this account.`,
  );
}

/** Letters and digits, as the cloud's keys. */
export function randomToken(length: number): string {
  let token = '';
  while (token.length < length) token += randomBytes(length).toString('base64').replaceAll(/[+/=]/g, '');
  return token.slice(0, length);
}

interface KeyRow {
  readonly secret_id: string;
  readonly name: string;
  readonly sub_app_ids: number[] | null;
  readonly created_at: Date;
  readonly last_used_at: Date | null;
  readonly disabled_at: Date | null;
}

function toView(row: KeyRow): ApiKeyView {
  return {
    secretId: row.secret_id,
    name: row.name,
    subAppIds: row.sub_app_ids,
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    disabledAt: row.disabled_at?.toISOString() ?? null,
  };
}
