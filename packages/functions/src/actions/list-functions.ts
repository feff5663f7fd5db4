import { z } from 'zod';
import { LATEST, type DeployedFunction } from '../function-store.ts';
import { DEFAULT_NAMESPACE } from '../namespace-store.ts';
import { assertNamespaceExists } from './assert-namespace.ts';
import { defineAction, type Action } from './action.ts';
import { integer, text, toOrder, toPage, toTimeText } from './fields.ts';
import { toStatus } from './get-function.ts';

const filter = z.object({ Name: text, Values: z.array(text) });

export const listFunctions: Action = defineAction({
  name: 'ListFunctions',
  unsupported: ['Filters (Tag)'],
  parameters: {
    Namespace: text.optional(),
    Order: text.optional(),
    Orderby: text.optional(),
    Offset: integer.optional(),
    Limit: integer.optional(),
    SearchKey: text.optional(),
    Description: text.optional(),
    Filters: z.array(filter).optional(),
  },
  async handle(context, request) {
    const { Namespace: namespace = DEFAULT_NAMESPACE, SearchKey: searchKey = '' } = request;
    const { Description: description = '', Filters: filters = [] } = request;
    await assertNamespaceExists(context, namespace);
    const order = toOrder(request.Order, 'desc');
    const { offset, limit } = toPage(request);
    const functions = (await context.functions.list()).filter(
      (fn) =>
        fn.namespace === namespace &&
        fn.name.includes(searchKey) &&
        (fn.details.description ?? '').includes(description) &&
        filters.every((each) => fits(fn, each)),
    );
    const sorted = functions.toSorted((a, b) => compare(a, b, request.Orderby));
    if (order === 'desc') sorted.reverse();
    return { Functions: sorted.slice(offset, offset + limit).map(toRow), TotalCount: functions.length };
  },
});

function fits(fn: DeployedFunction, { Name: name, Values: values }: z.infer<typeof filter>): boolean {
  switch (name.toLowerCase()) {
    case 'status':
      return values.includes(fn.status);
    case 'runtime':
      return values.includes(fn.runtime);
    case 'functiontype':
      return values.includes(fn.details.type ?? 'Event');
    case 'functionname':
      return values.includes(fn.name);
    default:
      return true;
  }
}

function compare(a: DeployedFunction, b: DeployedFunction, by: string | undefined): number {
  if (by === 'FunctionName') return a.name < b.name ? -1 : 1;
  const [first, second] = by === 'AddTime' ? [a.createdAt, b.createdAt] : [a.modifiedAt, b.modifiedAt];
  return first.getTime() - second.getTime() || (a.name < b.name ? -1 : 1);
}

function toRow(fn: DeployedFunction): object {
  return {
    FunctionName: fn.name,
    FunctionId: fn.functionId,
    Namespace: fn.namespace,
    Runtime: fn.runtime,
    Type: fn.details.type ?? 'Event',
    Description: fn.details.description ?? '',
    ...toStatus(fn),
    Tags: [],
    TotalProvisionedConcurrencyMem: 0,
    ReservedConcurrencyMem: 0,
    AsyncRunEnable: fn.details.asyncRunEnable ?? 'FALSE',
    TraceEnable: 'FALSE',
    AddTime: toTimeText(fn.createdAt),
    ModTime: toTimeText(fn.modifiedAt),
    Qualifier: LATEST,
  };
}
