import { ApiError, invalidParameterValue } from '@vodstack/protocol';
import { createBatcher } from '@vodstack/platform';
import { sql } from 'kysely';
import type { Caller } from './caller.ts';
import type { VodContext } from './context.ts';
import type { VodDb } from './tables.ts';

/**
 * The application that a request's SubAppId means: absent, 0 or the AppId is the primary one.
 * @throws ApiError InvalidParameterValue.SubAppId when there is no such application, UnauthorizedOperation when the key does
 * not open it
 */
export async function resolveSubAppId(
  context: VodContext & { readonly caller: Caller },
  subAppId: number | null | undefined,
): Promise<number> {
  const wanted = subAppId || context.appId;
  const { subAppIds } = context.caller;
  if (subAppIds && !subAppIds.includes(wanted)) {
    throw new ApiError('UnauthorizedOperation', `This key does not open the application ${wanted}.`);
  }
  // The primary application is there from the start and cannot go: most calls need no look-up.
  if (wanted === context.appId || (await isApplication(context, wanted))) return wanted;
  throw invalidParameterValue(
    'SubAppId',
    `names no application of this account: ${wanted}. Leave it out to use the primary application.`,
  );
}

async function isApplication({ db }: VodContext, subAppId: number): Promise<boolean> {
  const row = await db
    .selectFrom('vod.sub_app')
    .select('sub_app_id')
    .where('sub_app_id', '=', subAppId)
    .where('status', '<>', 'Destroyed')
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * The same as resolveSubAppId for what makes or processes media.
 * @throws ApiError FailedOperation.InvalidVodUser when the application is switched off
 */
export async function resolveActiveSubAppId(
  context: VodContext & { readonly caller: Caller; readonly findApplicationStatus: FindApplicationStatus },
  subAppId: number | null | undefined,
): Promise<number> {
  const resolved = await resolveSubAppId(context, subAppId);
  const status = await context.findApplicationStatus(resolved);
  if (status === 'On') return resolved;
  throw new ApiError(
    'FailedOperation.InvalidVodUser',
    `The application ${resolved} is switched off: set its status to On with ModifySubAppIdStatus.`,
  );
}

export type FindApplicationStatus = (subAppId: number) => Promise<string | undefined>;

const MAX_JOINED = 50;

/** For many callers at once: look-ups that meet become one. */
export function createApplicationFinder(db: VodDb): FindApplicationStatus {
  return createBatcher(async (ids: readonly number[]) => {
    const rows = await db
      .selectFrom('vod.sub_app')
      .select(['sub_app_id', 'status'])
      .where('sub_app_id', '=', sql<number>`any(${[...new Set(ids)]}::bigint[])`)
      .execute();
    const statuses = new Map(rows.map((row) => [row.sub_app_id, row.status]));
    return ids.map((id) => statuses.get(id));
  }, MAX_JOINED);
}

/**
 * For what concerns the whole account, such as its list of applications.
 * @throws ApiError UnauthorizedOperation for a key that is limited to some applications
 */
export function assertAccountWide({ caller }: { readonly caller: Caller }): void {
  if (!caller.subAppIds) return;
  throw new ApiError(
    'UnauthorizedOperation',
    `This operation is for keys that open the whole account; this one opens only the applications ${caller.subAppIds.join(', ')}.`,
  );
}

/** Makes sure that the primary application and the account's key exist; a key given anew replaces the old secret. */
export async function ensureAccount(
  context: VodContext,
  key: { secretId: string; secretKey: string },
): Promise<void> {
  await context.db
    .insertInto('vod.sub_app')
    .values({ sub_app_id: context.appId, name: 'primary' })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await context.db
    .insertInto('vod.api_key')
    .values({ secret_id: key.secretId, secret_key: key.secretKey, name: 'primary' })
    .onConflict((conflict) =>
      conflict
        .column('secret_id')
        .doUpdateSet({ secret_key: key.secretKey, sub_app_ids: null, disabled_at: null }),
    )
    .execute();
}
