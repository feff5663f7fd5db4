import { ApiError, invalidAction } from '@vodstack/protocol';
import { z } from 'zod';
import type { Caller } from '../caller.ts';
import type { VodContext } from '../context.ts';
import { TEMPORARY_PREFIX } from './access-key.ts';
import { randomToken } from './api-keys.ts';
import { parseKeyPolicy } from './key-policy.ts';

// The cloud's Security Token Service, version 2018-08-13: https://cloud.tencent.com/document/product/1312/48195

const DEFAULT_SEC = 1800;
const MAX_SEC = 7200;

const OTHER_ACTIONS: ReadonlySet<string> = new Set([
  'AssumeRole',
  'AssumeRoleWithSAML',
  'AssumeRoleWithWebIdentity',
  'GetCallerIdentity',
  'GetSessionToken',
  'QueryApiKey',
]);

/**
 * Runs an action of the Security Token Service: GetFederationToken, which issues a temporary key.
 * @throws ApiError with the service's own codes
 */
export async function callTokenService(
  context: VodContext,
  { action, parameters, caller }: { action: string; parameters: Record<string, unknown>; caller: Caller },
): Promise<object> {
  if (action === 'GetFederationToken') return await getFederationToken(context, parameters, caller);
  if (!OTHER_ACTIONS.has(action)) throw invalidAction(action);
  throw new ApiError('UnsupportedOperation', `The action \`${action}\` is not supported by this server.`);
}

const nameSchema = z.string().regex(/^[\w.@-]{1,128}$/);
const durationSchema = z.coerce.number().int().min(1).max(MAX_SEC);

async function getFederationToken(
  context: VodContext,
  parameters: Record<string, unknown>,
  caller: Caller,
): Promise<object> {
  const parent = caller.secretId ?? '';
  if (parent === '' || parent.startsWith(TEMPORARY_PREFIX)) {
    throw new ApiError(
      'UnauthorizedOperation',
      'A temporary key is issued only to a call signed with an API key.',
    );
  }
  readName(parameters['Name']);
  const subAppIds = narrow(readPolicy(parameters['Policy']), caller.subAppIds);
  const durationSec = readDuration(parameters['DurationSeconds']);
  const expiresAt = new Date((Math.floor(context.clock().getTime() / 1000) + durationSec) * 1000);
  const key = {
    secret_id: `${TEMPORARY_PREFIX}${randomToken(57)}`,
    secret_key: randomToken(44),
    token: randomToken(160),
  };
  await context.db
    .insertInto('vod.temporary_key')
    .values({
      ...key,
      parent,
      sub_app_ids: subAppIds ? JSON.stringify(subAppIds) : null,
      expires_at: expiresAt,
    })
    .execute();
  await forgetExpired(context);
  return {
    Credentials: { Token: key.token, TmpSecretId: key.secret_id, TmpSecretKey: key.secret_key },
    ExpiredTime: expiresAt.getTime() / 1000,
    Expiration: expiresAt.toISOString().replace('.000Z', 'Z'),
  };
}

/** A day after its end nobody asks any more why a key does not work. */
async function forgetExpired({ db, clock }: VodContext): Promise<void> {
  const before = new Date(clock().getTime() - 24 * 3_600_000);
  await db.deleteFrom('vod.temporary_key').where('expires_at', '<', before).execute();
}

function readName(value: unknown): void {
  if (value === undefined || value === null) throw missing('Name');
  if (nameSchema.safeParse(value).success) return;
  throw new ApiError(
    'InvalidParameter.ParamError',
    'The parameter `Name` must be 1 to 128 letters, digits and _ . @ -.',
  );
}

function readPolicy(value: unknown): readonly number[] | undefined {
  if (value === undefined || value === null || value === '') throw missing('Policy');
  if (typeof value === 'string') return parseKeyPolicy(value);
  throw new ApiError('InvalidParameter.ParamError', 'The parameter `Policy` must be a string.');
}

function readDuration(value: unknown): number {
  const parsed = durationSchema.safeParse(value ?? DEFAULT_SEC);
  if (parsed.success) return parsed.data;
  throw new ApiError(
    'InvalidParameter.OverTimeError',
    `The parameter \`DurationSeconds\` must be 1 to ${MAX_SEC}.`,
  );
}

function missing(name: string): ApiError {
  return new ApiError('MissingParameter', `The request is missing the required parameter \`${name}\`.`);
}

/** No key opens more than the one it comes from. */
function narrow(
  wanted: readonly number[] | undefined,
  own: readonly number[] | undefined,
): readonly number[] | undefined {
  if (!own) return wanted;
  const outside = wanted?.filter((id) => !own.includes(id)) ?? [];
  if (outside.length === 0) return wanted ?? own;
  throw new ApiError(
    'InvalidParameter.GrantOtherResource',
    `The parameter \`Policy\` opens applications that this key does not: ${outside.join(', ')}.`,
  );
}
