import { readFile } from 'node:fs/promises';
import type { models } from '@vodstack/protocol';
import type { VodContext } from '../context.ts';
import type { SubtaskRow } from '../tables.ts';
import { findTemplate } from '../templates/template-repository.ts';
import { findWatermarkImage } from '../templates/watermark-image.ts';
import { MediaError, type Watermark, type WatermarkCycle } from '../transcode/index.ts';

/**
 * The watermarks that a sub-task asks for, with their pictures.
 * @throws MediaError InvalidInput.DefinitionNotExist for one that there is not
 */
export async function findWatermarks(
  context: VodContext,
  subAppId: number,
  { input }: Pick<SubtaskRow, 'input'>,
): Promise<Watermark[]> {
  const { WatermarkSet } = input as { WatermarkSet?: models.WatermarkInput[] | null };
  const watermarks: Watermark[] = [];
  for (const wanted of WatermarkSet ?? []) watermarks.push(await findWatermark(context, subAppId, wanted));
  return watermarks;
}

async function findWatermark(
  { db, blobs }: VodContext,
  subAppId: number,
  wanted: models.WatermarkInput,
): Promise<Watermark> {
  const definition = wanted.Definition ?? 0;
  const template = await findTemplate(db, subAppId, 'Watermark', definition);
  if (!template) {
    throw new MediaError('InvalidInput.DefinitionNotExist', `there is no watermark template ${definition}`);
  }
  const { Type: _, ...parameters } = template.parameters as typeof template.parameters & { Type?: string };
  const { ImageTemplate: image, TextTemplate: text, SvgTemplate: svg } = parameters;
  const stored = await findWatermarkImage(db, definition);
  return {
    definition,
    type: text ? 'text' : stored ? 'image' : 'svg',
    coordinateOrigin: parameters.CoordinateOrigin ?? 'TopLeft',
    xPos: parameters.XPos ?? '0px',
    yPos: parameters.YPos ?? '0px',
    startSec: wanted.StartTimeOffset ?? 0,
    endSec: wanted.EndTimeOffset ?? 0,
    ...(stored && image
      ? {
          image: {
            content: await readFile(blobs.localPath(stored.blob_key)),
            width: image.Width ?? '10%',
            height: image.Height ?? '0px',
            repeatType: image.RepeatType ?? 'repeat',
            transparency: image.Transparency ?? 0,
          },
        }
      : {}),
    ...(text && !stored
      ? {
          text: {
            content: wanted.TextContent ?? '',
            fontSize: text.FontSize ?? '24px',
            fontColor: text.FontColor ?? '0xFFFFFF',
            fontAlpha: text.FontAlpha ?? 1,
          },
        }
      : {}),
    ...(svg && !stored && !text
      ? {
          svg: {
            content: wanted.SvgContent ?? '',
            width: svg.Width ?? '10W%',
            height: svg.Height ?? '0px',
            cycle: toCycle((svg as models.SvgWatermarkInputForUpdate).CycleConfig),
          },
        }
      : {}),
  };
}

function toCycle(
  config: models.WatermarkCycleConfigForUpdate | null | undefined,
): WatermarkCycle | undefined {
  if (!config) return undefined;
  const { StartTime = 0, DisplayDuration = 0, CycleDuration = 0 } = config;
  return { startSec: StartTime, shownSec: DisplayDuration, everySec: CycleDuration };
}
