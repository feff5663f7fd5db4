import type { Selectable } from 'kysely';
import type { VodDb, WatermarkImageTable } from '../tables.ts';

export type WatermarkImage = Selectable<WatermarkImageTable>;

/** The picture of an image watermark; undefined for texts and SVGs. */
export async function findWatermarkImage(db: VodDb, definition: number): Promise<WatermarkImage | undefined> {
  return await db
    .selectFrom('vod.watermark_image')
    .selectAll()
    .where('definition', '=', definition)
    .executeTakeFirst();
}
