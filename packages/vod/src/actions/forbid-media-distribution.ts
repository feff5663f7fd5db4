import { ApiError, invalidParameterValue } from '@vodstack/protocol';
import { notifyLive } from '@vodstack/platform';
import { resolveSubAppId } from '../applications.ts';
import { defineAction, type Action } from './action.ts';
import type { ForbidMediaDistributionRequest } from './request-types.ts';

const MAX_FILES = 20;
const STATUSES = { forbid: 'Forbidden', recover: 'Normal' } as const;

/** Takes media off the net (every URL of theirs answers 403) or puts them back, at once (266/32817). */
export const forbidMediaDistribution: Action<ForbidMediaDistributionRequest> = defineAction({
  name: 'ForbidMediaDistribution',
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    const status = parseOperation(request.Operation);
    const fileIds = [...new Set(request.FileIds)];
    if (fileIds.length > MAX_FILES) {
      throw new ApiError(
        'InvalidParameterValue.FileIdsTooMany',
        `The parameter \`FileIds\` may have ${MAX_FILES} entries at most, got ${fileIds.length}.`,
      );
    }
    if (fileIds.length === 0)
      throw new ApiError('InvalidParameter', 'The parameter `FileIds` must name a media.');
    const changed = await context.db
      .updateTable('vod.media')
      .set({ status, updated_at: context.clock() })
      .where('sub_app_id', '=', subAppId)
      .where('file_id', 'in', fileIds)
      .returning('file_id')
      .execute();
    const found = new Set(changed.map(({ file_id }) => file_id));
    for (const id of found) await notifyLive(context.db, { kind: 'media', id });
    return { NotExistFileIdSet: fileIds.filter((fileId) => !found.has(fileId)) };
  },
});

function parseOperation(operation: string): 'Forbidden' | 'Normal' {
  if (operation === 'forbid' || operation === 'recover') return STATUSES[operation];
  throw invalidParameterValue(
    'Operation',
    `must be forbid or recover, got ${JSON.stringify(operation.slice(0, 40))}.`,
  );
}
