import { actionNames, ApiError, invalidAction, isActionName, validateRequest } from '@vodstack/protocol';
import type { Action, ActionContext } from './action.ts';
import { applyUpload } from './apply-upload.ts';
import { attachMediaSubtitles } from './attach-media-subtitles.ts';
import { commitUpload } from './commit-upload.ts';
import { composeMedia } from './compose-media.ts';
import { confirmEvents } from './confirm-events.ts';
import { createClass } from './create-class.ts';
import { createProcedureTemplate } from './create-procedure-template.ts';
import { createSubAppId } from './create-sub-app-id.ts';
import { deleteClass } from './delete-class.ts';
import { deleteMedia } from './delete-media.ts';
import { deleteProcedureTemplate } from './delete-procedure-template.ts';
import { describeAllClass } from './describe-all-class.ts';
import { describeDefaultDistributionConfig } from './describe-default-distribution-config.ts';
import { describeEventConfig } from './describe-event-config.ts';
import { describeEventsState } from './describe-events-state.ts';
import { describeFileAttributes } from './describe-file-attributes.ts';
import { describeMediaInfos } from './describe-media-infos.ts';
import { describeProcedureTemplates } from './describe-procedure-templates.ts';
import { describeStorageData } from './describe-storage-data.ts';
import { describeSubAppIds } from './describe-sub-app-ids.ts';
import { describeTaskDetail } from './describe-task-detail.ts';
import { describeTasks } from './describe-tasks.ts';
import { describeVodDomains } from './describe-vod-domains.ts';
import { editMedia } from './edit-media.ts';
import { forbidMediaDistribution } from './forbid-media-distribution.ts';
import { headTailTemplateActions } from './head-tail-templates.ts';
import { listFiles } from './list-files.ts';
import { manageTask } from './manage-task.ts';
import { modifyClass } from './modify-class.ts';
import { modifyDefaultDistributionConfig } from './modify-default-distribution-config.ts';
import { modifyEventConfig } from './modify-event-config.ts';
import { modifyMediaInfo } from './modify-media-info.ts';
import { modifySubAppIdInfo } from './modify-sub-app-id-info.ts';
import { modifySubAppIdStatus } from './modify-sub-app-id-status.ts';
import { modifyVodDomainConfig } from './modify-vod-domain-config.ts';
import { parseStreamingManifest } from './parse-streaming-manifest.ts';
import {
  adaptiveTemplateActions,
  animatedGraphicsTemplateActions,
  imageSpriteTemplateActions,
  sampleSnapshotTemplateActions,
  snapshotTemplateActions,
} from './plain-templates.ts';
import { processMediaByProcedure } from './process-media-by-procedure.ts';
import { processMedia } from './process-media.ts';
import { pullEvents } from './pull-events.ts';
import { pullUpload } from './pull-upload.ts';
import { resetProcedureTemplate } from './reset-procedure-template.ts';
import { searchMedia } from './search-media.ts';
import { simpleHlsClip } from './simple-hls-clip.ts';
import { transcodeTemplateActions } from './transcode-templates.ts';
import { watermarkTemplateActions } from './watermark-templates.ts';

const actions: ReadonlyMap<string, Action<never>> = new Map(
  [
    applyUpload,
    attachMediaSubtitles,
    commitUpload,
    composeMedia,
    confirmEvents,
    createClass,
    createProcedureTemplate,
    createSubAppId,
    deleteClass,
    deleteMedia,
    deleteProcedureTemplate,
    describeAllClass,
    describeDefaultDistributionConfig,
    describeEventConfig,
    describeEventsState,
    describeFileAttributes,
    describeMediaInfos,
    describeProcedureTemplates,
    describeStorageData,
    describeSubAppIds,
    describeTaskDetail,
    describeTasks,
    describeVodDomains,
    editMedia,
    forbidMediaDistribution,
    listFiles,
    manageTask,
    modifyClass,
    modifyDefaultDistributionConfig,
    modifyEventConfig,
    modifyMediaInfo,
    modifySubAppIdInfo,
    modifySubAppIdStatus,
    modifyVodDomainConfig,
    parseStreamingManifest,
    processMedia,
    processMediaByProcedure,
    pullEvents,
    pullUpload,
    resetProcedureTemplate,
    searchMedia,
    simpleHlsClip,
    ...adaptiveTemplateActions,
    ...animatedGraphicsTemplateActions,
    ...headTailTemplateActions,
    ...imageSpriteTemplateActions,
    ...sampleSnapshotTemplateActions,
    ...snapshotTemplateActions,
    ...transcodeTemplateActions,
    ...watermarkTemplateActions,
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

/** How much of the API this server offers, by the names of its actions. */
export interface ActionCoverage {
  /** Everything that the action documents. */
  readonly done: readonly string[];
  /** Actions of which some request fields are not acted upon, with those fields' paths. */
  readonly partial: readonly { readonly name: string; readonly unsupported: readonly string[] }[];
  readonly missing: readonly string[];
}

export function actionCoverage(): ActionCoverage {
  const names = actionNames.toSorted();
  return {
    done: names.filter((name) => actions.has(name) && unsupportedOf(name).length === 0),
    partial: names.flatMap((name) => {
      const unsupported = unsupportedOf(name);
      return unsupported.length > 0 ? [{ name, unsupported }] : [];
    }),
    missing: names.filter((name) => !actions.has(name)),
  };
}

function unsupportedOf(name: string): string[] {
  return (actions.get(name)?.unsupported ?? []).toSorted();
}
