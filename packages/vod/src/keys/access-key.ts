import type { VodDb } from '../tables.ts';

/** A key that may sign API calls. */
export interface AccessKey {
  readonly secretId: string;
  readonly secretKey: string;
  /** The applications that it opens; undefined: all of the account's. */
  readonly subAppIds: readonly number[] | undefined;
  /** Temporary keys are good only together with their token, and only for a while. */
  readonly temporary?: { readonly token: string; readonly expiresAt: Date };
}

/** The key of that id; undefined when there is none, or when it (or the key that a temporary one comes from) is disabled. */
export async function findAccessKey(db: VodDb, secretId: string): Promise<AccessKey | undefined> {
  const row = await db
    .selectFrom('vod.api_key')
    .select(['secret_id', 'secret_key', 'sub_app_ids'])
    .where('secret_id', '=', secretId)
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  if (row) {
    return {
      secretId: row.secret_id,
      secretKey: row.secret_key,
      subAppIds: row.sub_app_ids ?? undefined,
    };
  }
  return secretId.startsWith(TEMPORARY_PREFIX) ? await findTemporaryKey(db, secretId) : undefined;
}

/** As the cloud's temporary ids begin: they are told apart before any look-up. */
export const TEMPORARY_PREFIX = 'AKIDTMP';

async function findTemporaryKey(db: VodDb, secretId: string): Promise<AccessKey | undefined> {
  const row = await db
    .selectFrom('vod.temporary_key as key')
    .innerJoin('vod.api_key as parent', 'parent.secret_id', 'key.parent')
    .select(['key.secret_id', 'key.secret_key', 'key.token', 'key.sub_app_ids', 'key.expires_at'])
    .where('key.secret_id', '=', secretId)
    .where('parent.disabled_at', 'is', null)
    .executeTakeFirst();
  return row
    ? {
        secretId: row.secret_id,
        secretKey: row.secret_key,
        subAppIds: row.sub_app_ids ?? undefined,
        temporary: { token: row.token, expiresAt: row.expires_at },
      }
    : undefined;
}
