import { resolveActiveSubAppId } from '../applications.ts';
import { toMediaUrl } from '../media/locations.ts';
import { commitUpload as commit } from '../upload/commit-upload.ts';
import { defineAction, type Action } from './action.ts';
import type { CommitUploadRequest } from './request-types.ts';

/** Makes an uploaded file a media (266/31766). */
export const commitUpload: Action<CommitUploadRequest> = defineAction({
  name: 'CommitUpload',
  async handle(context, request) {
    const subAppId = await resolveActiveSubAppId(context, request.SubAppId);
    const found = await commit(context, subAppId, request.VodSessionKey);
    const urlOf = (kind: string): string => {
      const file = found.artifacts.find((artifact) => artifact.kind === kind);
      return file ? toMediaUrl(context.publicUrl(), file) : '';
    };
    return { FileId: found.media.file_id, MediaUrl: urlOf('Source'), CoverUrl: urlOf('Cover') };
  },
});
