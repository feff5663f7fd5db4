import { ApiError, invalidParameterValue } from '@vodstack/protocol';
import { assertAccountWide, resolveSubAppId } from '../applications.ts';
import { defineAction, type Action } from './action.ts';
import type { ModifySubAppIdStatusRequest } from './request-types.ts';

/** Switches an application on or off, or takes it away for good (266/36546). */
export const modifySubAppIdStatus: Action<ModifySubAppIdStatusRequest> = defineAction({
  name: 'ModifySubAppIdStatus',
  async handle(context, request) {
    assertAccountWide(context);
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    const { Status: status } = request;
    if (status !== 'On' && status !== 'Off' && status !== 'Destroyed') {
      throw invalidParameterValue(
        'Status',
        `must be On, Off or Destroyed, got ${JSON.stringify(status.slice(0, 40))}.`,
      );
    }
    if (status === 'Destroyed' && subAppId === context.appId) {
      throw new ApiError('FailedOperation', 'The primary application cannot be destroyed.');
    }
    await context.db.updateTable('vod.sub_app').set({ status }).where('sub_app_id', '=', subAppId).execute();
    return {};
  },
});
