import type { EndpointRow, VodDb } from '../../tables.ts';

export interface DispatchedEvent {
  readonly subAppId: number;
  readonly type: string;
  readonly fileId: string;
}

/** The endpoints of an application that take this event: enabled, and let through by their filters. */
export async function findTakers(tx: VodDb, event: DispatchedEvent): Promise<number[]> {
  const endpoints = await tx
    .selectFrom('vod.endpoint')
    .select(['endpoint_id', 'event_types', 'file_ids', 'class_ids'])
    .where('sub_app_id', '=', event.subAppId)
    .where('disabled_at', 'is', null)
    .execute();
  const candidates = endpoints.filter((endpoint) => isWanted(endpoint, event));
  if (candidates.every(({ class_ids }) => class_ids === null)) return candidates.map(toId);
  const classId = await findClass(tx, event.fileId);
  return candidates
    .filter(({ class_ids }) => class_ids === null || (classId !== undefined && class_ids.includes(classId)))
    .map(toId);
}

function toId({ endpoint_id }: Pick<EndpointRow, 'endpoint_id'>): number {
  return endpoint_id;
}

function isWanted(
  { event_types, file_ids }: Pick<EndpointRow, 'event_types' | 'file_ids'>,
  { type, fileId }: DispatchedEvent,
): boolean {
  return (event_types?.includes(type) ?? true) && (file_ids?.includes(fileId) ?? true);
}

async function findClass(tx: VodDb, fileId: string): Promise<number | undefined> {
  const media = await tx
    .selectFrom('vod.media')
    .select('class_id')
    .where('file_id', '=', fileId)
    .executeTakeFirst();
  return media?.class_id;
}

/** Sets an event on its way to endpoints, in the transaction that writes it. */
export async function insertDispatches(
  tx: VodDb,
  event: { readonly eventId: number; readonly fileId: string },
  endpointIds: readonly number[],
): Promise<void> {
  if (endpointIds.length === 0) return;
  await tx
    .insertInto('vod.dispatch')
    .values(
      endpointIds.map((endpoint_id) => ({ event_id: event.eventId, endpoint_id, file_id: event.fileId })),
    )
    .execute();
}
