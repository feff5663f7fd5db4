import { invalidParameterValue, missingParameter, resourceNotFound } from '@vodstack/protocol';
import { resolveSubAppId } from '../applications.ts';
import { DELETE_PART_TYPES, deleteMedia as removeMedia, type DeletePart } from '../media/delete-media.ts';
import { defineAction, type Action } from './action.ts';
import type { DeleteMediaRequest } from './request-types.ts';

/** Deletes a media for good, or parts of it; FileDeleted tells of it (266/31764). */
export const deleteMedia: Action<DeleteMediaRequest> = defineAction({
  name: 'DeleteMedia',
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    if (!request.FileId) throw missingParameter('FileId');
    const fileId = request.FileId;
    const parts = parseParts(request.DeleteParts ?? []);
    const blobs = await context.db.transaction().execute(async (tx) => {
      const media = await tx
        .selectFrom('vod.media')
        .select(['file_id', 'sub_app_id', 'source_folder'])
        .where('file_id', '=', fileId)
        .where('sub_app_id', '=', subAppId)
        .forUpdate()
        .executeTakeFirst();
      if (!media) {
        throw resourceNotFound(
          `There is no media ${JSON.stringify(fileId.slice(0, 40))} in this application.`,
        );
      }
      return await removeMedia(tx, media, parts);
    });
    await Promise.allSettled(blobs.map((key) => context.blobs.delete(key)));
    return {};
  },
});

function parseParts(items: NonNullable<DeleteMediaRequest['DeleteParts']>): DeletePart[] {
  return items.map(({ Type, Definition }, index) => {
    const type = DELETE_PART_TYPES.find((known) => known === Type);
    if (type) return { type, definition: Definition ?? 0 };
    throw invalidParameterValue(
      `DeleteParts.${index}.Type`,
      `must be one of ${DELETE_PART_TYPES.join(', ')}, got ${JSON.stringify(Type.slice(0, 40))}.`,
    );
  });
}
