import type { ClassRow, VodDb } from '../tables.ts';

/** What the cloud calls the class of media that have been given none. */
export const DEFAULT_CLASS_NAME = '其他';
export const ROOT_PARENT = -1;

/** All classes of one application; two thousand or so at most. */
export interface ClassTree {
  readonly rows: readonly ClassRow[];
  find(classId: number): ClassRow | undefined;
  childrenOf(classId: number): readonly ClassRow[];
  /** 0 for a class at the top. */
  levelOf(classId: number): number;
  /** `{ name: 'Cats', path: 'Animals-Cats' }`; the default class for one that does not exist. */
  labelOf(classId: number): ClassLabel;
}

export interface ClassLabel {
  readonly name: string;
  /** Names from the top down, joined with `-`. */
  readonly path: string;
}

export const DEFAULT_CLASS: ClassLabel = { name: DEFAULT_CLASS_NAME, path: DEFAULT_CLASS_NAME };

export async function readClassTree(db: VodDb, subAppId: number): Promise<ClassTree> {
  const rows = await db
    .selectFrom('vod.class')
    .selectAll()
    .where('sub_app_id', '=', subAppId)
    .orderBy('class_id')
    .execute();
  return createClassTree(rows);
}

export function createClassTree(rows: readonly ClassRow[]): ClassTree {
  const byId = new Map(rows.map((row) => [row.class_id, row]));
  const byParent = Map.groupBy(rows, (row) => row.parent_id);

  function lineOf(classId: number): ClassRow[] {
    const line: ClassRow[] = [];
    for (let row = byId.get(classId); row; row = byId.get(row.parent_id)) line.unshift(row);
    return line;
  }

  return {
    rows,
    find: (classId) => byId.get(classId),
    childrenOf: (classId) => byParent.get(classId) ?? [],
    levelOf: (classId) => lineOf(classId).length - 1,
    labelOf(classId) {
      const line = lineOf(classId);
      const last = line.at(-1);
      return last ? { name: last.name, path: line.map(({ name }) => name).join('-') } : DEFAULT_CLASS;
    },
  };
}
