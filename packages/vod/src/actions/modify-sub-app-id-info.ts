import { assertAccountWide, resolveSubAppId } from '../applications.ts';
import { parseSubAppDescription, parseSubAppName } from '../sub-app-text.ts';
import { defineAction, type Action } from './action.ts';
import type { ModifySubAppIdInfoRequest } from './request-types.ts';

/** Renames or describes an application; what is not given stays (266/36547). */
export const modifySubAppIdInfo: Action<ModifySubAppIdInfoRequest> = defineAction({
  name: 'ModifySubAppIdInfo',
  async handle(context, request) {
    assertAccountWide(context);
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    const changes = {
      ...(request.Name ? { name: parseSubAppName(request.Name) } : {}),
      ...(typeof request.Description === 'string'
        ? { description: parseSubAppDescription(request.Description) }
        : {}),
    };
    if (Object.keys(changes).length === 0) return {};
    await context.db.updateTable('vod.sub_app').set(changes).where('sub_app_id', '=', subAppId).execute();
    return {};
  },
});
