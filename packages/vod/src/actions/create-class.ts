import { ApiError } from '@vodstack/protocol';
import { type ClassTree, readClassTree, ROOT_PARENT } from '../classes/class-tree.ts';
import { lockClasses, parseClassName, toNameConflict } from '../classes/change-class.ts';
import { resolveSubAppId } from '../applications.ts';
import { defineAction, type Action } from './action.ts';
import type { CreateClassRequest } from './request-types.ts';

const MAX_LEVELS = 4;
const MAX_CHILDREN = 500;

/** Makes a class for media, at the top (ParentId -1) or below another (266/31769). */
export const createClass: Action<CreateClassRequest> = defineAction({
  name: 'CreateClass',
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    const name = parseClassName(request.ClassName);
    const parentId = request.ParentId;
    return await context.db.transaction().execute(async (tx) => {
      await lockClasses(tx, subAppId);
      assertRoom(await readClassTree(tx, subAppId), parentId, name);
      const { class_id } = await tx
        .insertInto('vod.class')
        .values({ sub_app_id: subAppId, parent_id: parentId, name })
        .returning('class_id')
        .executeTakeFirstOrThrow();
      return { ClassId: class_id };
    });
  },
});

function assertRoom(tree: ClassTree, parentId: number, name: string): void {
  if (parentId !== ROOT_PARENT && !tree.find(parentId)) {
    throw new ApiError(
      'FailedOperation.ParentIdNoFound',
      `The parameter \`ParentId\` names no class of this application: ${parentId}. Use -1 for a class at the top.`,
    );
  }
  if (parentId !== ROOT_PARENT && tree.levelOf(parentId) + 1 >= MAX_LEVELS) {
    throw new ApiError(
      'FailedOperation.ClassLevelLimitExceeded',
      `Classes may be ${MAX_LEVELS} levels deep at most.`,
    );
  }
  const siblings = tree.childrenOf(parentId);
  if (siblings.length >= MAX_CHILDREN) {
    throw new ApiError(
      'FailedOperation.SubclassLimitExceeded',
      `A class may have ${MAX_CHILDREN} classes below it at most.`,
    );
  }
  if (siblings.some((sibling) => sibling.name === name)) throw toNameConflict(name);
}
