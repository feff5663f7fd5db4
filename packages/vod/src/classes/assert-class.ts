import { invalidParameterValue } from '@vodstack/protocol';
import type { VodDb } from '../tables.ts';

/** @throws ApiError InvalidParameterValue.ClassId when the application has no such class; 0 is always there */
export async function assertClass(db: VodDb, subAppId: number, classId: number): Promise<void> {
  if (classId === 0) return;
  const row = await db
    .selectFrom('vod.class')
    .select('class_id')
    .where('class_id', '=', classId)
    .where('sub_app_id', '=', subAppId)
    .executeTakeFirst();
  if (row) return;
  throw invalidParameterValue(
    'ClassId',
    `names no class of this application: ${classId}. See DescribeAllClass.`,
  );
}
