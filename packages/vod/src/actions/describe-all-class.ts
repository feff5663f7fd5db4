import { type ClassTree, DEFAULT_CLASS_NAME, readClassTree, ROOT_PARENT } from '../classes/class-tree.ts';
import { resolveSubAppId } from '../applications.ts';
import { defineAction, type Action } from './action.ts';
import type { DescribeAllClassRequest } from './request-types.ts';

/** All classes of an application; class 0 is always among them (266/31767). */
export const describeAllClass: Action<DescribeAllClassRequest> = defineAction({
  name: 'DescribeAllClass',
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    const tree = await readClassTree(context.db, subAppId);
    return { ClassInfoSet: [defaultClass, ...tree.rows.map(({ class_id }) => toClassInfo(tree, class_id))] };
  },
});

/** As the cloud prints it: the two names differ. */
const defaultClass = {
  ClassId: 0,
  ParentId: ROOT_PARENT,
  ClassName: DEFAULT_CLASS_NAME,
  Name: 'SystemDefault',
  Level: 0,
  SubClassIdSet: [],
};

function toClassInfo(tree: ClassTree, classId: number): object {
  const row = tree.find(classId);
  return {
    ClassId: classId,
    ParentId: row?.parent_id,
    ClassName: row?.name,
    Name: row?.name,
    Level: tree.levelOf(classId),
    SubClassIdSet: tree.childrenOf(classId).map(({ class_id }) => class_id),
  };
}
