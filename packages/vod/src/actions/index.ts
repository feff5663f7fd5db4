import { ApiError, invalidAction, isActionName, validateRequest } from '@vodstack/protocol';
import type { Action, ActionContext } from './action.ts';
import { applyUpload } from './apply-upload.ts';
import { commitUpload } from './commit-upload.ts';
import { confirmEvents } from './confirm-events.ts';
import { createSubAppId } from './create-sub-app-id.ts';
import { describeEventConfig } from './describe-event-config.ts';
import { describeMediaInfos } from './describe-media-infos.ts';
import { describeSubAppIds } from './describe-sub-app-ids.ts';
import { describeTaskDetail } from './describe-task-detail.ts';
import { describeTasks } from './describe-tasks.ts';
import { modifyEventConfig } from './modify-event-config.ts';
import { modifySubAppIdInfo } from './modify-sub-app-id-info.ts';
import { modifySubAppIdStatus } from './modify-sub-app-id-status.ts';
import { parseStreamingManifest } from './parse-streaming-manifest.ts';
import { processMedia } from './process-media.ts';
import { pullEvents } from './pull-events.ts';
import { pullUpload } from './pull-upload.ts';

const actions: ReadonlyMap<string, Action<never>> = new Map(
  [
    applyUpload,
    commitUpload,
    confirmEvents,
    createSubAppId,
    describeEventConfig,
    describeMediaInfos,
    describeSubAppIds,
    describeTaskDetail,
    describeTasks,
    modifyEventConfig,
    modifySubAppIdInfo,
    modifySubAppIdStatus,
    parseStreamingManifest,
    processMedia,
    pullEvents,
    pullUpload,
  ].map((action) => [action.name, action]),
);

/**
 * Runs one action of API version 2018-07-17.
 * @param parameters as they came: they are checked against the action's schema here
 * @returns the response without RequestId
 * @throws ApiError InvalidAction for a name the cloud does not know, UnsupportedOperation for one that this server does not offer
 */
export async function runAction(
  context: ActionContext,
  name: string,
  parameters: Record<string, unknown>,
): Promise<object> {
  if (!isActionName(name)) throw invalidAction(name);
  const action = actions.get(name);
  if (!action) {
    throw new ApiError('UnsupportedOperation', `The action \`${name}\` is not supported by this server.`);
  }
  const { params, unknownFields } = validateRequest(name, parameters);
  if (unknownFields.length > 0)
    context.logger.warn({ action: name, unknownFields }, 'unknown parameters were ignored');
  // The schema that was just checked is generated from the very type that the handler declares.
  return await action.handle(context, params as never);
}
