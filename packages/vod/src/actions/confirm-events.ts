import { ApiError } from '@vodstack/protocol';
import { resolveSubAppId } from '../applications.ts';
import { defineAction, type Action } from './action.ts';
import type { ConfirmEventsRequest } from './request-types.ts';

const MAX_HANDLES = 16;

/** Settles pulled events within 30 s of the pull; valid handles are settled even when others are refused (266/34184). */
export const confirmEvents: Action<ConfirmEventsRequest> = defineAction({
  name: 'ConfirmEvents',
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    const handles = [...new Set(request.EventHandles)];
    if (handles.length === 0 || handles.length > MAX_HANDLES) {
      throw new ApiError(
        'InvalidParameterValue',
        `The parameter \`EventHandles\` must have 1 to ${MAX_HANDLES} handles, got ${handles.length}.`,
      );
    }
    const refused = await context.pullQueue.confirm(subAppId, handles);
    if (refused.length > 0) {
      throw new ApiError(
        'InvalidParameterValue',
        `The parameter \`EventHandles\` has ${refused.length} handles that are unknown or were pulled more than 30 s ago: ${refused.map((handle) => handle.slice(0, 40)).join(', ')}.`,
      );
    }
    return {};
  },
});
