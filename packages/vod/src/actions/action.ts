import type { VodContext } from '../context.ts';
import type { ActionName } from '@vodstack/protocol';
import type { Caller } from '../caller.ts';
import type { FindMedia } from '../media/media-repository.ts';
import type { FindApplicationStatus } from '../applications.ts';
import type { OpenUpload } from '../upload/upload-session.ts';
import type { PullQueue } from '../events/pull-queue.ts';

/** What an action may use beyond the service's own parts. */
export interface ActionContext extends VodContext {
  readonly pullQueue: PullQueue;
  /** For many callers at once. */
  readonly findMedia: FindMedia;
  readonly openUpload: OpenUpload;
  readonly findApplicationStatus: FindApplicationStatus;
  readonly caller: Caller;
  /** Aborts when the client is gone or the server stops. */
  readonly signal: AbortSignal;
}

/**
 * One action of the cloud's API. Parameters have passed the action's schema: fields have the type of the request's
 * interface, optional ones may be null. The result is the response without RequestId. Errors are ApiErrors.
 */
export interface Action<Request> {
  readonly name: ActionName;
  /**
   * What of the request this server does not act upon, as paths with dots (`MediaProcessTask.AnimatedGraphicTaskSet`).
   * Absent: the action is complete. The coverage page is made from it.
   */
  readonly unsupported?: readonly string[];
  handle(context: ActionContext, request: Request): Promise<object>;
}

export function defineAction<Request>(action: Action<Request>): Action<Request> {
  return action;
}
