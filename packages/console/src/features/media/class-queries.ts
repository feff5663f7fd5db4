import { queryOptions } from '@tanstack/react-query';

import type { Api } from '../../shared/api/api.ts';
import { list, number, object, text, type Decoded } from '../../shared/api/decode.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';

const mediaClass = object({ ClassId: number, ParentId: number, ClassName: text, Level: number });
const classSet = object({ ClassInfoSet: list(mediaClass) });

export type MediaClass = Decoded<typeof mediaClass>;

export function classesQuery(api: Api) {
  return queryOptions({
    queryKey: queryKeys.classes,
    queryFn: async () => (await api.vod('DescribeAllClass', {}, classSet)).ClassInfoSet,
  });
}

/** Choices for a list, indented by their level. */
export function toClassChoices(classes: readonly MediaClass[]): { value: string; label: string }[] {
  return classes.map(({ ClassId, ClassName, Level }) => ({
    value: String(ClassId),
    label: `${' '.repeat(2 * Level)}${ClassName}`,
  }));
}
