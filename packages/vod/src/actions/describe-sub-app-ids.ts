import { ApiError } from '@vodstack/protocol';
import { toWireTime } from '../media/wire-time.ts';
import type { ResourceTag, SubAppRow } from '../tables.ts';
import { defineAction, type Action } from './action.ts';
import type { DescribeSubAppIdsRequest } from './request-types.ts';

const MAX_LIMIT = 200;

/** The account's applications that the key opens, the primary one first (266/36304). */
export const describeSubAppIds: Action<DescribeSubAppIdsRequest> = defineAction({
  name: 'DescribeSubAppIds',
  async handle(context, request) {
    const offset = inRange('Offset', request.Offset ?? 0, 0, Number.MAX_SAFE_INTEGER);
    const limit = inRange('Limit', request.Limit ?? MAX_LIMIT, 1, MAX_LIMIT);
    const rows = await context.db
      .selectFrom('vod.sub_app')
      .selectAll()
      .where('status', '<>', 'Destroyed')
      .orderBy('created_at')
      .orderBy('sub_app_id')
      .execute();
    const { subAppIds } = context.caller;
    const found = rows.filter(
      (row) =>
        (!subAppIds || subAppIds.includes(row.sub_app_id)) &&
        (!request.Name || row.name === request.Name) &&
        (request.Tags ?? []).every((tag) => hasTag(row.tags, tag)),
    );
    return {
      SubAppIdInfoSet: found.slice(offset, offset + limit).map(toInfo),
      TotalCount: found.length,
    };
  },
});

function hasTag(tags: readonly ResourceTag[], wanted: Partial<ResourceTag>): boolean {
  return tags.some((tag) => tag.TagKey === wanted.TagKey && tag.TagValue === wanted.TagValue);
}

function toInfo(row: SubAppRow): Record<string, unknown> {
  return {
    SubAppId: row.sub_app_id,
    SubAppIdName: row.name,
    Name: row.name,
    Description: row.description,
    CreateTime: toWireTime(row.created_at),
    Status: row.status,
    Mode: row.mode,
    StorageRegions: row.storage_regions,
    Tags: row.tags,
  };
}

function inRange(name: string, value: number, minimum: number, maximum: number): number {
  if (value >= minimum && value <= maximum) return value;
  throw new ApiError(
    'InvalidParameterValue',
    `The parameter \`${name}\` must be ${minimum} to ${maximum}, got ${value}.`,
  );
}
