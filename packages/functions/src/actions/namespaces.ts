import { z } from 'zod';
import { assertNamespaceName } from '../function-config.ts';
import { assertDescription } from '../function-details.ts';
import { FunctionError } from '../function-error.ts';
import { DEFAULT_NAMESPACE, type Namespace } from '../namespace-store.ts';
import { defineAction, type Action } from './action.ts';
import { integer, text, toOrder, toPage, toTimeText } from './fields.ts';

/** Ours: many more than the cloud's quota of 5, so that it is met by a mistake only. */
const MAX_NAMESPACES = 200;

export const createNamespace: Action = defineAction({
  name: 'CreateNamespace',
  unsupported: ['ResourceEnv'],
  parameters: { Namespace: text, Description: text.optional() },
  async handle({ namespaces, clock }, { Namespace: name, Description: description = '' }) {
    if (name === DEFAULT_NAMESPACE) {
      throw new FunctionError(
        'InvalidParameterValue.DefaultNamespace',
        'The namespace "default" is always there.',
      );
    }
    assertNamespaceName(name);
    assertDescription(description);
    if ((await namespaces.list()).length >= MAX_NAMESPACES) {
      throw new FunctionError('LimitExceeded.Namespace', `There may be ${MAX_NAMESPACES} namespaces here.`);
    }
    if (await namespaces.create({ name, description, now: clock() })) return {};
    throw new FunctionError('ResourceInUse.Namespace', `There is a namespace "${name}" already.`);
  },
});

export const updateNamespace: Action = defineAction({
  name: 'UpdateNamespace',
  parameters: { Namespace: text, Description: text },
  async handle({ namespaces, clock }, { Namespace: name, Description: description }) {
    assertDescription(description);
    if (await namespaces.setDescription(name, description, clock())) return {};
    throw namespaceNotFound(name);
  },
});

export const deleteNamespace: Action = defineAction({
  name: 'DeleteNamespace',
  parameters: { Namespace: text },
  async handle({ namespaces }, { Namespace: name }) {
    if (name === DEFAULT_NAMESPACE) {
      throw new FunctionError(
        'FailedOperation.DeleteNamespace',
        'The namespace "default" cannot be deleted.',
      );
    }
    const outcome = await namespaces.remove(name);
    if (outcome === 'not-found') throw namespaceNotFound(name);
    if (outcome === 'removed') return {};
    throw new FunctionError(
      'FailedOperation.DeleteNamespace',
      `The namespace "${name}" still has functions: delete them first.`,
    );
  },
});

export const listNamespaces: Action = defineAction({
  name: 'ListNamespaces',
  parameters: {
    Limit: integer.optional(),
    Offset: integer.optional(),
    Orderby: text.optional(),
    Order: text.optional(),
    SearchKey: z.array(z.object({ Key: text, Value: text })).optional(),
  },
  async handle({ namespaces }, request) {
    const { offset, limit } = toPage(request);
    const searched = (request.SearchKey ?? []).filter(({ Key: key }) => /^(?:namespace|name)$/iu.test(key));
    const all = (await namespaces.list()).filter(({ name }) =>
      searched.every(({ Value: value }) => name.includes(value)),
    );
    if (request.Orderby === 'Name') all.sort((a, b) => (a.name < b.name ? -1 : 1));
    if (toOrder(request.Order, 'asc') === 'desc') all.reverse();
    return { Namespaces: all.slice(offset, offset + limit).map(toView), TotalCount: all.length };
  },
});

function namespaceNotFound(name: string): FunctionError {
  return new FunctionError('ResourceNotFound.Namespace', `There is no namespace "${name}".`);
}

function toView({ name, description, createdAt, modifiedAt }: Namespace): object {
  return {
    Name: name,
    Description: description,
    Type: name === DEFAULT_NAMESPACE ? 'default' : 'cloud',
    AddTime: toTimeText(createdAt),
    ModTime: toTimeText(modifiedAt),
  };
}
