import { queryOptions } from '@tanstack/react-query';

import type { Api } from '../../shared/api/api.ts';
import { list, number, object, text, withDefault, type Decoded } from '../../shared/api/decode.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';

const application = object({
  SubAppId: number,
  Name: withDefault(text, ''),
  Description: withDefault(text, ''),
  Status: text,
  CreateTime: text,
});

const applicationPage = object({ SubAppIdInfoSet: list(application) });

export type Application = Decoded<typeof application>;

/** The primary one first. */
export function applicationsQuery(api: Api) {
  return queryOptions({
    queryKey: queryKeys.applications,
    queryFn: async () => (await api.vod('DescribeSubAppIds', {}, applicationPage)).SubAppIdInfoSet,
  });
}
