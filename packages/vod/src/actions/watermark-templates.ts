import { invalidParameterValue, type Template } from '@vodstack/protocol';
import { resolveSubAppId } from '../applications.ts';
import { mergeValues, type Values } from '../templates/field-rules.ts';
import { parseFilter } from '../templates/select-templates.ts';
import { assertNoPreset, templateNotExist, tooManyTemplates } from '../templates/template-errors.ts';
import { parseTemplate } from '../templates/template-family.ts';
import { changeTemplate, deleteTemplate, insertTemplate } from '../templates/template-repository.ts';
import { watermarkFamily as family, watermarkTypeOf } from '../templates/watermark-family.ts';
import {
  findWatermarkImage,
  type NewWatermarkImage,
  storeWatermarkImage,
} from '../templates/watermark-image.ts';
import { type Action, type ActionContext, defineAction } from './action.ts';
import type {
  CreateWatermarkTemplateRequest,
  DeleteWatermarkTemplateRequest,
  ModifyWatermarkTemplateRequest,
} from './request-types.ts';
import { currentValues, defineTemplateActions, toValues } from './template-actions.ts';

const kind = 'Watermark';
const [, , , describeWatermarkTemplates] = defineTemplateActions(family, {
  toFilter({ Type }) {
    const type = parseFilter('Type', Type, ['image', 'text', 'svg']);
    return ({ parameters }) => type === undefined || watermarkTypeOf(parameters) === type;
  },
  toWire({ parameters }: Template<'Watermark'>, wire, publicUrl) {
    const { ImageTemplate: image } = parameters;
    return {
      ...wire,
      Type: watermarkTypeOf(parameters),
      ...(image ? { ImageTemplate: { ...image, ImageUrl: `${publicUrl}${image.ImageUrl}` } } : {}),
    };
  },
});

/** Makes a watermark of a picture, a text or an SVG (266/33769). */
const createWatermarkTemplate: Action<CreateWatermarkTemplateRequest> = defineAction({
  name: 'CreateWatermarkTemplate',
  unsupported: family.unsupported ?? [],
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    const values = toValues(request);
    const content = request.Type === 'image' ? imageContentOf(request.ImageTemplate) : undefined;
    if (request.Type === 'image' && request.ImageTemplate && !content) {
      throw invalidParameterValue('ImageContent', 'must be a PNG, JPEG or GIF picture in Base64.');
    }
    return await withImage(context, subAppId, content, async (image) => {
      const template = parseTemplate(family, image ? withUrl(values, image) : withoutImage(values));
      const definition = await context.db.transaction().execute(async (tx) => {
        const made = await insertTemplate(tx, subAppId, template, family.quota);
        if (made === undefined) throw tooManyTemplates(family.quota);
        if (image)
          await tx
            .insertInto('vod.watermark_image')
            .values({ ...image, definition: made })
            .execute();
        return made;
      });
      return { Definition: definition, ImageUrl: urlOf(context, image) };
    });
  },
});

/** Changes a watermark; its kind stays (266/33766). */
const modifyWatermarkTemplate: Action<ModifyWatermarkTemplateRequest> = defineAction({
  name: 'ModifyWatermarkTemplate',
  unsupported: family.unsupported ?? [],
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    const { Definition: definition, ...changes } = request;
    assertNoPreset(kind, definition, 'Modify');
    return await withImage(context, subAppId, imageContentOf(changes.ImageTemplate), async (image) => {
      const replaced = await context.db.transaction().execute(async (tx) => {
        const changed = await changeTemplate(tx, { subAppId, kind, definition }, (template) => {
          const type = watermarkTypeOf(template.parameters);
          if (image && type !== 'image')
            throw invalidParameterValue('ImageTemplate', `is of no use for a watermark of the type ${type}.`);
          const merged = mergeValues({ ...currentValues(template), Type: type }, toValues(changes));
          return parseTemplate(family, image ? withUrl(merged, image) : merged);
        });
        if (!changed) throw templateNotExist(definition);
        if (!image) return undefined;
        const earlier = await findWatermarkImage(tx, definition);
        await tx.deleteFrom('vod.watermark_image').where('definition', '=', definition).execute();
        await tx
          .insertInto('vod.watermark_image')
          .values({ ...image, definition })
          .execute();
        return earlier?.blob_key;
      });
      if (replaced) await context.blobs.delete(replaced);
      return { ImageUrl: urlOf(context, image) };
    });
  },
});

/** Deletes a watermark and its picture (266/33768). */
const deleteWatermarkTemplate: Action<DeleteWatermarkTemplateRequest> = defineAction({
  name: 'DeleteWatermarkTemplate',
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    const { Definition: definition } = request;
    const image = await findWatermarkImage(context.db, definition);
    if (!(await deleteTemplate(context.db, subAppId, kind, definition))) throw templateNotExist(definition);
    if (image) await context.blobs.delete(image.blob_key);
    return {};
  },
});

export const watermarkTemplateActions: readonly Action<never>[] = [
  createWatermarkTemplate,
  modifyWatermarkTemplate,
  deleteWatermarkTemplate,
  describeWatermarkTemplates,
];

/** Runs `work` with the stored picture, which goes again when the work fails. */
async function withImage(
  context: ActionContext,
  subAppId: number,
  content: string | undefined,
  work: (image: NewWatermarkImage | undefined) => Promise<object>,
): Promise<object> {
  const image = content ? await storeWatermarkImage(context, subAppId, content) : undefined;
  try {
    return await work(image);
  } catch (error) {
    if (image) await context.blobs.delete(image.blob_key);
    throw error;
  }
}

function imageContentOf(image: { ImageContent?: string } | null | undefined): string | undefined {
  return image?.ImageContent || undefined;
}

function withUrl(values: Values, image: NewWatermarkImage): Values {
  return mergeValues(values, { ImageTemplate: { ImageUrl: `/${image.name}` } });
}

/** A picture that nobody asked for must not be looked at: it would be missing its address. */
function withoutImage({ ImageTemplate: _, ...values }: Values): Values {
  return values;
}

function urlOf(context: ActionContext, image: NewWatermarkImage | undefined): string {
  return image ? `${context.publicUrl()}/${image.name}` : '';
}
