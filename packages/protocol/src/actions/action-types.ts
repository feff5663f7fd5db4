import { actionNames } from '../generated/action-names.ts';
import type { ActionTypes } from '../generated/action-types.ts';

/** Name of an action of the API, version 2018-07-17. */
export type ActionName = (typeof actionNames)[number];

/** What a client sends to the action. Lists of numbers may say `bigint`: the SDK's clients may, our JSON never holds one. */
export type RequestOf<Action extends ActionName> = ActionTypes[Action]['request'];

/** What the action answers, every member optional as in the SDK; RequestId is added by the envelope. */
export type ResponseOf<Action extends ActionName> = ActionTypes[Action]['response'];

const names: ReadonlySet<string> = new Set(actionNames);

export function isActionName(name: string): name is ActionName {
  return names.has(name);
}
