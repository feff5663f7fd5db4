import { queryOptions } from '@tanstack/react-query';

import type { Api } from '../../shared/api/api.ts';
import { object, oneOf, record, text, withDefault } from '../../shared/api/decode.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';

export type CallbackMode = 'PUSH' | 'PULL';

/** The callback settings; the cloud's ON and OFF are booleans here. */
export interface EventConfig {
  mode: CallbackMode;
  url: string;
  onUpload: boolean;
  onDelete: boolean;
  onPersistence: boolean;
}

const onOff = withDefault(oneOf('ON', 'OFF'), 'OFF');

const wire = object({
  Mode: withDefault(oneOf('PUSH', 'PULL'), 'PUSH'),
  NotificationUrl: withDefault(text, ''),
  UploadMediaCompleteEventSwitch: onOff,
  DeleteMediaCompleteEventSwitch: onOff,
  PersistenceCompleteEventSwitch: onOff,
});

export function eventConfigQuery(api: Api) {
  return queryOptions({
    queryKey: queryKeys.eventConfig,
    queryFn: async (): Promise<EventConfig> => {
      const config = await api.vod('DescribeEventConfig', {}, wire);
      return {
        mode: config.Mode,
        url: config.NotificationUrl,
        onUpload: config.UploadMediaCompleteEventSwitch === 'ON',
        onDelete: config.DeleteMediaCompleteEventSwitch === 'ON',
        onPersistence: config.PersistenceCompleteEventSwitch === 'ON',
      };
    },
  });
}

/** @param signKey empty: the present one stays. */
export async function saveEventConfig(api: Api, config: EventConfig, signKey: string): Promise<void> {
  const parameters = {
    Mode: config.mode,
    NotificationUrl: config.url,
    UploadMediaCompleteEventSwitch: toSwitch(config.onUpload),
    DeleteMediaCompleteEventSwitch: toSwitch(config.onDelete),
    PersistenceCompleteEventSwitch: toSwitch(config.onPersistence),
    ...(signKey === '' ? {} : { SignKey: signKey }),
  };
  await api.vod('ModifyEventConfig', parameters, record);
}

function toSwitch(on: boolean): string {
  return on ? 'ON' : 'OFF';
}
