import { sql } from 'kysely';
import { resolveSubAppId } from '../applications.ts';
import { defineAction, type Action } from './action.ts';
import type { DescribeStorageDataRequest } from './request-types.ts';

/** The only area there is here; the cloud tells mainland China and the rest apart. */
const AREA = 'Chinese Mainland';

/** How much an application stores, in bytes, at this moment (266/37500). Everything is in the standard class. */
export const describeStorageData: Action<DescribeStorageDataRequest> = defineAction({
  name: 'DescribeStorageData',
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    const { count, bytes } = await context.db
      .selectFrom('vod.media as media')
      .leftJoin('vod.artifact as file', 'file.file_id', 'media.file_id')
      .select([
        sql<string>`count(distinct media.file_id)`.as('count'),
        sql<string>`coalesce(sum(file.size_bytes), 0)`.as('bytes'),
      ])
      .where('media.sub_app_id', '=', subAppId)
      .executeTakeFirstOrThrow();
    const storage = {
      TotalStorage: Number(bytes),
      StandardStorage: Number(bytes),
      InfrequentStorage: 0,
      ArchiveStorage: 0,
      DeepArchiveStorage: 0,
    };
    return { MediaCount: Number(count), ...storage, StorageStat: [{ Area: AREA, ...storage }] };
  },
});
