import { randomInt } from 'node:crypto';
import { ApiError, invalidParameterValue } from '@vodstack/protocol';
import { sql } from 'kysely';
import { DEFAULT_STORAGE_REGION } from '../media/locations.ts';
import { parseSubAppDescription, parseSubAppName } from '../sub-app-text.ts';
import { parseRegion } from '../media/media-parameters.ts';
import { assertAccountWide } from '../applications.ts';
import { defineAction, type Action } from './action.ts';
import type { CreateSubAppIdRequest } from './request-types.ts';

/** The primary one included (266/14574). */
const MAX_APPLICATIONS = 50;

/** Makes an application: media, tasks, events and settings of its own (266/36548). */
export const createSubAppId: Action<CreateSubAppIdRequest> = defineAction({
  name: 'CreateSubAppId',
  async handle(context, request) {
    assertAccountWide(context);
    const values = {
      name: parseSubAppName(request.Name),
      description: parseSubAppDescription(request.Description || ''),
      type: oneOf('Type', request.Type || 'AllInOne', ['AllInOne', 'Professional']),
      mode: oneOf('Mode', request.Mode || 'fileid', ['fileid']),
      storage_regions: JSON.stringify([parseRegion(request.StorageRegion || DEFAULT_STORAGE_REGION)]),
      tags: JSON.stringify(request.Tags ?? []),
    };
    return await context.db.transaction().execute(async (tx) => {
      await sql`lock table vod.sub_app in share row exclusive mode`.execute(tx);
      const rows = await tx
        .selectFrom('vod.sub_app')
        .select('sub_app_id')
        .where('status', '<>', 'Destroyed')
        .execute();
      if (rows.length >= MAX_APPLICATIONS) {
        throw new ApiError('LimitExceeded', `An account may have ${MAX_APPLICATIONS} applications at most.`);
      }
      for (;;) {
        const row = await tx
          .insertInto('vod.sub_app')
          .values({ sub_app_id: 1_500_000_000 + randomInt(100_000_000), ...values })
          .onConflict((conflict) => conflict.doNothing())
          .returning('sub_app_id')
          .executeTakeFirst();
        if (row) return { SubAppId: row.sub_app_id };
      }
    });
  },
});

function oneOf(name: string, value: string, allowed: readonly string[]): string {
  if (allowed.includes(value)) return value;
  throw invalidParameterValue(
    name,
    `must be ${allowed.join(' or ')} on this server, got ${JSON.stringify(value.slice(0, 40))}.`,
  );
}
