import { z } from 'zod';
import { FunctionError } from '../function-error.ts';
import type { ActionContext } from './action.ts';
import { functionActionNames } from './action-names.ts';
import { functionActions } from './index.ts';

/** The API has no action of that name. */
export class UnknownActionError extends Error {
  override readonly name: string = 'UnknownActionError';
  readonly action: string;

  constructor(action: string) {
    super(`The function service has no action ${JSON.stringify(action.slice(0, 100))}.`);
    this.action = action;
  }
}

const actions = new Map<string, (typeof functionActions)[number]>(
  functionActions.map((action) => [action.name, action]),
);
const names: ReadonlySet<string> = new Set(functionActionNames);

export async function callAction(
  context: ActionContext,
  name: string,
  parameters: Record<string, unknown>,
): Promise<object> {
  if (!names.has(name)) throw new UnknownActionError(name);
  const action = actions.get(name);
  if (!action) {
    throw new FunctionError(
      'UnsupportedOperation',
      `The action \`${name}\` is not supported by this server.`,
    );
  }
  try {
    return await action.run(context, withoutNulls(parameters, 0));
  } catch (error) {
    throw error instanceof z.ZodError ? toParameterError(error) : error;
  }
}

const MAX_DEPTH = 32;

/** SDKs send null for a field that was not set. */
function withoutNulls(value: unknown, depth: number): unknown {
  if (depth > MAX_DEPTH) {
    throw new FunctionError('InvalidParameter', `The request is nested more than ${MAX_DEPTH} levels deep.`);
  }
  if (Array.isArray(value)) return value.map((each) => withoutNulls(each, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== null);
  return Object.fromEntries(entries.map(([name, each]) => [name, withoutNulls(each, depth + 1)]));
}

function toParameterError({ issues }: z.ZodError): FunctionError {
  const [issue] = issues;
  const path = issue?.path.join('.') ?? '';
  if (issue?.code === 'invalid_type' && issue.message.endsWith('received undefined')) {
    return new FunctionError(
      'MissingParameter',
      `The request is missing the required parameter \`${path}\`.`,
    );
  }
  return new FunctionError(
    'InvalidParameter',
    `The parameter \`${path}\` has a wrong form: ${issue?.message ?? ''}.`,
  );
}
