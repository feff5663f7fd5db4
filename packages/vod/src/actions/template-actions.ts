import { isActionName, type ActionName, type Template, type TemplateKind } from '@vodstack/protocol';
import { resolveSubAppId } from '../applications.ts';
import { toWireTime } from '../media/wire-time.ts';
import { pageByOffset } from '../paging-by-offset.ts';
import { mergeValues, type Values } from '../templates/field-rules.ts';
import { parseFilter, selectTemplates, type TemplateQuery } from '../templates/select-templates.ts';
import { parseTemplate, type TemplateFamily } from '../templates/template-family.ts';
import { assertNoPreset, templateNotExist, tooManyTemplates } from '../templates/template-errors.ts';
import { changeTemplate, deleteTemplate, insertTemplate } from '../templates/template-repository.ts';
import { defineAction, type Action } from './action.ts';

interface CreateRequest {
  readonly SubAppId?: number | null;
}

interface DefinitionRequest {
  readonly SubAppId?: number | null;
  readonly Definition: number;
}

/** Presets have been there from the beginning; the cloud's own samples have days of 2018. */
const PRESET_TIME = '2018-10-01T10:00:00Z';

/** Where a family's templates differ on the wire. */
export interface WireShape<Kind extends TemplateKind> {
  readonly toWire?: (template: Template<Kind>, wire: Record<string, unknown>, publicUrl: string) => object;
  /** Parses the query's filters, which throws, into a test. */
  readonly toFilter?: (query: TemplateQuery) => (template: Template<Kind>) => boolean;
}

export type TemplateActions = readonly [
  create: Action<CreateRequest>,
  modify: Action<DefinitionRequest>,
  remove: Action<DefinitionRequest>,
  describe: Action<TemplateQuery>,
];

/** The four actions of a family: Create…, Modify…, Delete… and Describe…s. */
export function defineTemplateActions<Kind extends TemplateKind>(
  family: TemplateFamily<Kind>,
  shape: WireShape<Kind> = {},
): TemplateActions {
  return [createAction(family), modifyAction(family), deleteAction(family), describeAction(family, shape)];
}

function actionName(name: string): ActionName {
  if (isActionName(name)) return name;
  throw new Error(`the API has no action ${name}: check the family's noun`);
}

function createAction<Kind extends TemplateKind>(family: TemplateFamily<Kind>): Action<CreateRequest> {
  return defineAction({
    name: actionName(`Create${family.noun}`),
    unsupported: family.unsupported ?? [],
    async handle(context, request) {
      const subAppId = await resolveSubAppId(context, request.SubAppId);
      const template = parseTemplate(family, toValues(request));
      const definition = await context.db
        .transaction()
        .execute((tx) => insertTemplate(tx, subAppId, template, family.quota));
      if (definition === undefined) throw tooManyTemplates(family.quota);
      return { Definition: definition };
    },
  });
}

function modifyAction<Kind extends TemplateKind>(family: TemplateFamily<Kind>): Action<DefinitionRequest> {
  return defineAction({
    name: actionName(`Modify${family.noun}`),
    unsupported: family.unsupported ?? [],
    async handle(context, request) {
      const subAppId = await resolveSubAppId(context, request.SubAppId);
      const { Definition: definition, ...changes } = request;
      assertNoPreset(family.kind, definition, 'Modify');
      const key = { subAppId, kind: family.kind, definition };
      const changed = await context.db
        .transaction()
        .execute((tx) =>
          changeTemplate(tx, key, (template) =>
            parseTemplate(family, mergeValues(currentValues(template), toValues(changes))),
          ),
        );
      if (!changed) throw templateNotExist(definition);
      return {};
    },
  });
}

/** What a Create request for this very template would say. */
export function currentValues<Kind extends TemplateKind>(template: Template<Kind>): Values {
  return { ...toValues(template.parameters), Name: template.name, Comment: template.comment };
}

/** Requests and parameters are structures of the wire: objects by their members' names. */
export function toValues(structure: object): Values {
  return { ...structure };
}

function deleteAction<Kind extends TemplateKind>(family: TemplateFamily<Kind>): Action<DefinitionRequest> {
  return defineAction({
    name: actionName(`Delete${family.noun}`),
    async handle(context, request) {
      const subAppId = await resolveSubAppId(context, request.SubAppId);
      assertNoPreset(family.kind, request.Definition, 'Delete');
      if (await deleteTemplate(context.db, subAppId, family.kind, request.Definition)) return {};
      throw templateNotExist(request.Definition);
    },
  });
}

function describeAction<Kind extends TemplateKind>(
  family: TemplateFamily<Kind>,
  { toFilter = byType, toWire = (_, wire) => wire }: WireShape<Kind>,
): Action<TemplateQuery> {
  return defineAction({
    name: actionName(`Describe${family.noun}s`),
    async handle(context, request) {
      const subAppId = await resolveSubAppId(context, request.SubAppId);
      const isWanted = toFilter(request);
      const selected = await selectTemplates(context.db, subAppId, family.kind, request);
      const filtered = selected.filter(isWanted);
      const page = pageByOffset(filtered, request).map((template) =>
        toWire(template, toBasicWire(template), context.publicUrl()),
      );
      return { TotalCount: filtered.length, [`${family.noun}Set`]: page };
    },
  });
}

export function byType({ Type }: TemplateQuery): (template: Template<TemplateKind>) => boolean {
  const type = parseFilter('Type', Type, ['Preset', 'Custom']);
  return (template) => type === undefined || template.type === type;
}

function toBasicWire<Kind extends TemplateKind>(template: Template<Kind>): Record<string, unknown> {
  return {
    Definition: template.definition,
    Type: template.type,
    Name: template.name,
    Comment: template.comment,
    ...template.parameters,
    CreateTime: toWireTime(template.createdAt, PRESET_TIME),
    UpdateTime: toWireTime(template.updatedAt, PRESET_TIME),
  };
}
