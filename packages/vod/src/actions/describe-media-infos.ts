import { ApiError } from '@vodstack/protocol';
import { resolveSubAppId } from '../applications.ts';
import { toMediaInfo } from '../media/media-info.ts';
import { defineAction, type Action } from './action.ts';
import type { DescribeMediaInfosRequest } from './request-types.ts';

const MAX_FILE_IDS = 20;

/** Everything about up to 20 media; ids that do not exist are listed, not refused (266/31763). */
export const describeMediaInfos: Action<DescribeMediaInfosRequest> = defineAction({
  name: 'DescribeMediaInfos',
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    const fileIds = [...new Set(request.FileIds)];
    if (fileIds.length === 0) {
      throw new ApiError(
        'InvalidParameterValue.FileIdsEmpty',
        'The parameter `FileIds` must name at least one file.',
      );
    }
    if (fileIds.length > MAX_FILE_IDS) {
      throw new ApiError(
        'InvalidParameterValue.FileIdsOverLimit',
        `The parameter \`FileIds\` may name ${MAX_FILE_IDS} files at most, got ${fileIds.length}.`,
      );
    }
    const found = await context.findMedia(subAppId, fileIds);
    const filters = request.Filters ?? [];
    return {
      MediaInfoSet: fileIds.flatMap((fileId) => {
        const media = found.get(fileId);
        return media ? [toMediaInfo(media, filters, context.publicUrl())] : [];
      }),
      NotExistFileIdSet: fileIds.filter((fileId) => !found.has(fileId)),
    };
  },
});
