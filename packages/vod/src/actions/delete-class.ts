import { ApiError, invalidParameterValue } from '@vodstack/protocol';
import { lockClasses } from '../classes/change-class.ts';
import { readClassTree } from '../classes/class-tree.ts';
import { resolveSubAppId } from '../applications.ts';
import type { VodDb } from '../tables.ts';
import { defineAction, type Action } from './action.ts';
import type { DeleteClassRequest } from './request-types.ts';

/** Removes a class that has neither classes nor media in it (266/31768). */
export const deleteClass: Action<DeleteClassRequest> = defineAction({
  name: 'DeleteClass',
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    const { ClassId: classId } = request;
    await context.db.transaction().execute(async (tx) => {
      await lockClasses(tx, subAppId);
      const tree = await readClassTree(tx, subAppId);
      if (!tree.find(classId)) {
        throw invalidParameterValue('ClassId', `names no class of this application: ${classId}.`);
      }
      if (tree.childrenOf(classId).length > 0 || (await hasMedia(tx, subAppId, classId))) {
        throw new ApiError(
          'UnsupportedOperation.ClassNotEmpty',
          `The class ${classId} is not empty: delete its classes, and move its media to another one, first.`,
        );
      }
      await tx.deleteFrom('vod.class').where('class_id', '=', classId).execute();
    });
    return {};
  },
});

async function hasMedia(tx: VodDb, subAppId: number, classId: number): Promise<boolean> {
  const row = await tx
    .selectFrom('vod.media')
    .select('file_id')
    .where('sub_app_id', '=', subAppId)
    .where('class_id', '=', classId)
    .executeTakeFirst();
  return row !== undefined;
}
