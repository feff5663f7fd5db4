import { FunctionError } from '../function-error.ts';
import { DEFAULT_NAMESPACE } from '../namespace-store.ts';
import type { ActionContext } from './action.ts';

/** @throws FunctionError ResourceNotFound.Namespace */
export async function assertNamespaceExists({ namespaces }: ActionContext, name: string): Promise<void> {
  if (name === DEFAULT_NAMESPACE || (await namespaces.find(name))) return;
  throw new FunctionError('ResourceNotFound.Namespace', `There is no namespace "${name}".`);
}
