import { ApiError } from '@vodstack/protocol';
import { lockClasses, parseClassName, toNameConflict } from '../classes/change-class.ts';
import { readClassTree } from '../classes/class-tree.ts';
import { resolveSubAppId } from '../applications.ts';
import { defineAction, type Action } from './action.ts';
import type { ModifyClassRequest } from './request-types.ts';

/** Gives a class another name (266/31766). */
export const modifyClass: Action<ModifyClassRequest> = defineAction({
  name: 'ModifyClass',
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    const name = parseClassName(request.ClassName);
    await context.db.transaction().execute(async (tx) => {
      await lockClasses(tx, subAppId);
      const tree = await readClassTree(tx, subAppId);
      const row = tree.find(request.ClassId);
      if (!row) {
        throw new ApiError(
          'FailedOperation.ClassNoFound',
          `The parameter \`ClassId\` names no class of this application that can be changed: ${request.ClassId}.`,
        );
      }
      const isTaken = tree
        .childrenOf(row.parent_id)
        .some((sibling) => sibling.name === name && sibling.class_id !== row.class_id);
      if (isTaken) throw toNameConflict(name);
      await tx.updateTable('vod.class').set({ name }).where('class_id', '=', row.class_id).execute();
    });
    return {};
  },
});
