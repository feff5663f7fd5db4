import { resolveSubAppId } from '../applications.ts';
import { readEventConfig } from '../events/event-config.ts';
import { defineAction, type Action } from './action.ts';
import type { DescribeEventConfigRequest } from './request-types.ts';

/** How an application is told of events; the SignKey is never shown (266/55245). */
export const describeEventConfig: Action<DescribeEventConfigRequest> = defineAction({
  name: 'DescribeEventConfig',
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    const config = await readEventConfig(context.db, subAppId);
    return {
      Mode: config.mode,
      NotificationUrl: config.notification_url,
      UploadMediaCompleteEventSwitch: toSwitch(config.upload_switch),
      DeleteMediaCompleteEventSwitch: toSwitch(config.delete_switch),
      PersistenceCompleteEventSwitch: toSwitch(config.persistence_switch),
    };
  },
});

function toSwitch(isOn: boolean): 'ON' | 'OFF' {
  return isOn ? 'ON' : 'OFF';
}
