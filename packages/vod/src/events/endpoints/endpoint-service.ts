import { randomBytes } from 'node:crypto';
import { ApiError, isEventType, webhookSecretPrefix } from '@vodstack/protocol';
import { sql } from 'kysely';
import { resolveSubAppId } from '../../applications.ts';
import { ACCOUNT } from '../../caller.ts';
import type { VodContext } from '../../context.ts';
import type { EndpointRow } from '../../tables.ts';
import { toHttpUrl } from '../http-url.ts';
import { EVENT_CHANNEL } from '../outbox.ts';
import { type EndpointView, toEndpointView } from './endpoint-view.ts';

export interface NewEndpoint {
  readonly url: string;
  readonly name?: string | undefined;
  /** What it takes; absent: all. */
  readonly eventTypes?: readonly string[] | undefined;
  readonly fileIds?: readonly string[] | undefined;
  readonly classIds?: readonly number[] | undefined;
  /** Default: the primary application. */
  readonly subAppId?: number | undefined;
}

/** The secret is shown this once. */
export type EndpointWithSecret = EndpointView & { readonly secret: string };

/** Addresses of the profile `hardened`. Every method throws ApiError for what there is not. */
export interface EndpointService {
  /** Of every application, the oldest first. */
  list(): Promise<EndpointView[]>;
  /** @throws ApiError InvalidParameterValue for an address or an event type that is none */
  add(endpoint: NewEndpoint): Promise<EndpointWithSecret>;
  /** With all that was on its way to it; its deliveries stay. */
  remove(endpointId: number): Promise<EndpointView>;
  /** What waits for it is sent at once, whatever its circuit says. */
  enable(endpointId: number): Promise<EndpointView>;
  /** It gets no new events, and what waits goes on waiting. */
  disable(endpointId: number): Promise<EndpointView>;
  /** A new secret; the earlier ones hold for so many seconds more. */
  rotate(endpointId: number, overlapSec: number): Promise<EndpointWithSecret>;
}

const MAX_ENDPOINTS = 50;

export function createEndpointService(context: VodContext): EndpointService {
  const { db, clock } = context;
  const view = (row: EndpointRow | undefined, endpointId: number): EndpointView => {
    if (row) return toEndpointView(row, clock());
    throw new ApiError('ResourceNotFound', `There is no endpoint ${endpointId}.`);
  };
  const change = async (
    endpointId: number,
    changes: Partial<Pick<EndpointRow, 'disabled_at' | 'disabled_reason' | 'failures' | 'open_until'>>,
  ): Promise<EndpointView> =>
    view(
      await db
        .updateTable('vod.endpoint')
        .set(changes)
        .where('endpoint_id', '=', endpointId)
        .returningAll()
        .executeTakeFirst(),
      endpointId,
    );
  return {
    async list() {
      const rows = await db.selectFrom('vod.endpoint').selectAll().orderBy('endpoint_id').execute();
      return rows.map((row) => toEndpointView(row, clock()));
    },
    add: (endpoint) => addEndpoint(context, endpoint),
    async remove(endpointId) {
      const row = await db
        .deleteFrom('vod.endpoint')
        .where('endpoint_id', '=', endpointId)
        .returningAll()
        .executeTakeFirst();
      return view(row, endpointId);
    },
    async enable(endpointId) {
      const enabled = await change(endpointId, {
        disabled_at: null,
        disabled_reason: null,
        failures: 0,
        open_until: null,
      });
      await sql`select pg_notify(${EVENT_CHANNEL}, 'PUSH')`.execute(db);
      return enabled;
    },
    disable: (endpointId) =>
      change(endpointId, { disabled_at: clock(), disabled_reason: 'somebody disabled it' }),
    rotate: (endpointId, overlapSec) => rotateSecret(context, endpointId, overlapSec),
  };
}

async function addEndpoint(context: VodContext, endpoint: NewEndpoint): Promise<EndpointWithSecret> {
  assertEndpoint(endpoint);
  const subAppId = await resolveSubAppId({ ...context, caller: ACCOUNT }, endpoint.subAppId);
  const secret = newSecret();
  const row = await context.db.transaction().execute(async (tx) => {
    const { count } = await tx
      .selectFrom('vod.endpoint')
      .select((select) => select.fn.countAll<number>().as('count'))
      .where('sub_app_id', '=', subAppId)
      .executeTakeFirstOrThrow();
    if (count >= MAX_ENDPOINTS)
      throw new ApiError('LimitExceeded', `An application may have ${MAX_ENDPOINTS} endpoints at most.`);
    return await tx
      .insertInto('vod.endpoint')
      .values({
        sub_app_id: subAppId,
        name: endpoint.name ?? '',
        url: endpoint.url,
        secrets: JSON.stringify([{ secret, expiresAt: null }]),
        event_types: toList(endpoint.eventTypes),
        file_ids: toList(endpoint.fileIds),
        class_ids: toList(endpoint.classIds),
        disabled_reason: null,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
  });
  return { ...toEndpointView(row, context.clock()), secret };
}

function assertEndpoint({ url, eventTypes = [] }: NewEndpoint): void {
  const parsed = toHttpUrl(url);
  if (!parsed || parsed.username !== '' || parsed.password !== '') {
    throw new ApiError(
      'InvalidParameterValue',
      `An http(s) URL without a password is expected, got ${JSON.stringify(url.slice(0, 200))}.`,
    );
  }
  const unknown = eventTypes.find((type) => !isEventType(type));
  if (unknown === undefined) return;
  throw new ApiError('InvalidParameterValue', `There is no event type ${JSON.stringify(unknown)}.`);
}

/** An empty list would take nothing at all, which nobody means. */
function toList(values: readonly (string | number)[] | undefined): string | null {
  return values === undefined || values.length === 0 ? null : JSON.stringify(values);
}

async function rotateSecret(
  { db, clock }: VodContext,
  endpointId: number,
  overlapSec: number,
): Promise<EndpointWithSecret> {
  const secret = newSecret();
  const end = new Date(clock().getTime() + overlapSec * 1000);
  return await db.transaction().execute(async (tx) => {
    const found = await tx
      .selectFrom('vod.endpoint')
      .select('secrets')
      .where('endpoint_id', '=', endpointId)
      .forUpdate()
      .executeTakeFirst();
    if (!found) throw new ApiError('ResourceNotFound', `There is no endpoint ${endpointId}.`);
    const earlier = found.secrets
      .map(({ secret: old, expiresAt }) => ({
        secret: old,
        expiresAt: expiresAt !== null && new Date(expiresAt) < end ? expiresAt : end.toISOString(),
      }))
      .filter(({ expiresAt }) => new Date(expiresAt) > clock());
    const row = await tx
      .updateTable('vod.endpoint')
      .set({ secrets: JSON.stringify([{ secret, expiresAt: null }, ...earlier]) })
      .where('endpoint_id', '=', endpointId)
      .returningAll()
      .executeTakeFirstOrThrow();
    return { ...toEndpointView(row, clock()), secret };
  });
}

function newSecret(): string {
  return `${webhookSecretPrefix}${randomBytes(32).toString('base64')}`;
}
