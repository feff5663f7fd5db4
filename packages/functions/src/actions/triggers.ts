import { FunctionError } from '../function-error.ts';
import { LATEST, type FunctionKey } from '../function-store.ts';
import { createUrlId } from '../ids.ts';
import { nextMoment } from '../triggers/cron.ts';
import { deployGatewayApi } from '../triggers/gateway-trigger.ts';
import { parseHttpSettings, toCronExpression } from '../triggers/trigger-settings.ts';
import { TRIGGER_TYPES, type Trigger, type TriggerType } from '../triggers/trigger-store.ts';
import { isWebFunction } from '../web-function.ts';
import { assertDescription } from '../function-details.ts';
import { defineAction, type Action, type ActionContext } from './action.ts';
import { functionFields, integer, text, toKey, toOrder, toPage } from './fields.ts';
import { toTriggerInfo } from './trigger-info.ts';

const MAX_TRIGGERS_OF_A_TYPE = 10;
const MAX_MESSAGE_BYTES = 4096;

const triggerFields = {
  ...functionFields,
  TriggerName: text,
  Type: text,
  TriggerDesc: text.optional(),
  Qualifier: text.optional(),
  Enable: text.optional(),
  CustomArgument: text.optional(),
  Description: text.optional(),
} as const;

export const createTrigger: Action = defineAction({
  name: 'CreateTrigger',
  unsupported: ['Type (cos, cls, ckafka, …)'],
  parameters: triggerFields,
  async handle(context, request) {
    const key = toKey(request);
    const {
      Qualifier: qualifier = LATEST,
      TriggerDesc: settings = '',
      Description: description = '',
    } = request;
    const { CustomArgument: customArgument = '', TriggerName: name } = request;
    const type = parseType(request.Type);
    assertName(name);
    assertDescription(description);
    const fn = await context.resolver.resolve(key, qualifier);
    if (type === 'timer' && isWebFunction(fn)) {
      throw new FunctionError(
        'UnsupportedOperation',
        'A web function cannot be called by a timer: it has triggers of the types apigw and http.',
      );
    }
    const others = (await context.triggers.list(key)).filter((each) => each.type === type);
    assertRoom(type, others, qualifier);
    const now = context.clock();
    const draft: Trigger = {
      namespace: key.namespace,
      functionName: key.name,
      type,
      name,
      qualifier,
      settings,
      customArgument,
      description,
      enabled: parseEnable(request.Enable ?? 'OPEN'),
      resourceId: null,
      nextAt: null,
      createdAt: now,
      modifiedAt: now,
    };
    assertUnique(others, draft);
    const trigger = await prepare(context, draft);
    if (!(await context.triggers.create(trigger))) assertUnique([trigger], draft);
    context.timers.wake();
    return { TriggerInfo: toTriggerInfo(context, trigger) };
  },
});

export const updateTrigger: Action = defineAction({
  name: 'UpdateTrigger',
  parameters: triggerFields,
  async handle(context, request) {
    const known = await findTrigger(context, request);
    const changed: Trigger = {
      ...known,
      settings: request.TriggerDesc ?? known.settings,
      customArgument: request.CustomArgument ?? known.customArgument,
      description: request.Description ?? known.description,
      enabled: request.Enable === undefined ? known.enabled : parseEnable(request.Enable),
      modifiedAt: context.clock(),
    };
    assertDescription(changed.description);
    await context.triggers.update(await prepare(context, changed));
    context.timers.wake();
    return {};
  },
});

export const updateTriggerStatus: Action = defineAction({
  name: 'UpdateTriggerStatus',
  parameters: { ...triggerFields, Enable: text },
  async handle(context, request) {
    const known = await findTrigger(context, request);
    const changed = { ...known, enabled: parseEnable(request.Enable), modifiedAt: context.clock() };
    await context.triggers.update(await prepare(context, changed));
    context.timers.wake();
    return {};
  },
});

export const deleteTrigger: Action = defineAction({
  name: 'DeleteTrigger',
  parameters: triggerFields,
  async handle(context, request) {
    const trigger = await findTrigger(context, request);
    if (trigger.type === 'apigw' && trigger.resourceId !== null) {
      await context.gateway?.removeApi(trigger.resourceId, {
        namespace: trigger.namespace,
        name: trigger.functionName,
      });
    }
    await context.triggers.remove(trigger);
    return {};
  },
});

export const listTriggers: Action = defineAction({
  name: 'ListTriggers',
  unsupported: ['Filters'],
  parameters: {
    ...functionFields,
    Offset: integer.optional(),
    Limit: integer.optional(),
    OrderBy: text.optional(),
    Order: text.optional(),
  },
  async handle(context, request) {
    const key = toKey(request);
    await context.resolver.find(key);
    const { offset, limit } = toPage(request);
    const triggers = await context.triggers.list(key);
    if (toOrder(request.Order, 'asc') === 'desc') triggers.reverse();
    return {
      Triggers: triggers.slice(offset, offset + limit).map((trigger) => toTriggerInfo(context, trigger)),
      TotalCount: triggers.length,
    };
  },
});

function parseType(type: string): TriggerType {
  const known = TRIGGER_TYPES.find((each) => each === type);
  if (known) return known;
  if (['cos', 'cls', 'ckafka', 'cmq', 'clb', 'mps', 'vod', 'eb', 'cm'].includes(type)) {
    throw new FunctionError(
      'UnsupportedOperation',
      `Triggers of the type \`${type}\` are not supported by this server.`,
    );
  }
  throw new FunctionError(
    'InvalidParameterValue.Type',
    `The type of a trigger must be one of ${TRIGGER_TYPES.join(', ')}, got "${type.slice(0, 40)}".`,
  );
}

function parseEnable(enable: string): boolean {
  if (enable === 'OPEN' || enable === '') return true;
  if (enable === 'CLOSE') return false;
  throw new FunctionError('InvalidParameterValue.Enable', `Enable must be OPEN or CLOSE, got "${enable}".`);
}

function assertName(name: string): void {
  if (/^[A-Za-z0-9][\w.-]{0,99}$/u.test(name)) return;
  throw new FunctionError(
    'InvalidParameterValue.TriggerName',
    `The name of a trigger must be 1 to 100 letters, digits, "-", "_" or ".", got "${name.slice(0, 60)}".`,
  );
}

function assertRoom(type: TriggerType, others: readonly Trigger[], qualifier: string): void {
  if (type === 'http' && others.some((each) => each.qualifier === qualifier)) {
    throw new FunctionError(
      'ResourceInUse.Trigger',
      `The function has a URL for "${qualifier}" already: there is one for each version or alias.`,
    );
  }
  if (others.length < MAX_TRIGGERS_OF_A_TYPE) return;
  throw new FunctionError(
    'LimitExceeded.Trigger',
    `A function may have ${MAX_TRIGGERS_OF_A_TYPE} triggers of the type ${type}.`,
  );
}

function assertUnique(others: readonly Trigger[], { name, type }: Trigger): void {
  if (!others.some((each) => each.name === name)) return;
  throw new FunctionError(
    'ResourceInUse.TriggerName',
    `The function has a trigger "${name}" of the type ${type} already.`,
  );
}

/** Checks what the type asks for, and does what it needs: a URL's id, a timer's next moment, a gateway's API. */
async function prepare(context: ActionContext, trigger: Trigger): Promise<Trigger> {
  if (trigger.type === 'timer') return prepareTimer(trigger, context.clock());
  if (trigger.type === 'http') {
    const settings = JSON.stringify(parseHttpSettings(trigger.settings));
    return { ...trigger, settings, resourceId: trigger.resourceId ?? createUrlId() };
  }
  const fn = await context.resolver.find({ namespace: trigger.namespace, name: trigger.functionName });
  const { apiId, triggerDesc } = await deployGatewayApi(context.gateway, fn, trigger);
  return { ...trigger, settings: triggerDesc, resourceId: apiId };
}

function prepareTimer(trigger: Trigger, now: Date): Trigger {
  const bytes = Buffer.byteLength(trigger.customArgument);
  if (bytes > MAX_MESSAGE_BYTES) {
    throw new FunctionError(
      'InvalidParameterValue.CustomArgument',
      `The message of a timer may have ${MAX_MESSAGE_BYTES} bytes, got ${bytes}.`,
    );
  }
  const cron = toCronExpression(trigger.settings);
  const next = nextMoment(cron, now) ?? null;
  return { ...trigger, settings: JSON.stringify({ cron }), nextAt: trigger.enabled ? next : null };
}

/** A function URL goes by its id and by the name that it was made with. @throws FunctionError ResourceNotFound.Trigger */
async function findTrigger(
  context: ActionContext,
  request: {
    FunctionName: string;
    Namespace?: string | undefined;
    TriggerName: string;
    Type: string;
    Qualifier?: string | undefined;
  },
): Promise<Trigger> {
  const key: FunctionKey = toKey(request);
  await context.resolver.find(key);
  const type = parseType(request.Type);
  const name = request.TriggerName;
  const found = (await context.triggers.list(key)).find(
    (each) => each.type === type && (each.name === name || (type === 'http' && each.resourceId === name)),
  );
  if (found) return found;
  throw new FunctionError(
    'ResourceNotFound.Trigger',
    `The function "${key.name}" has no trigger "${name}" of the type ${type}.`,
  );
}
