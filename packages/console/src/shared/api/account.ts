import { queryOptions } from '@tanstack/react-query';

import type { Api } from './api.ts';
import { filledText, number, object, text, withDefault, type Decoder } from './decode.ts';
import { queryKeys } from './query-keys.ts';

/** What the installation says about itself. */
export interface Account {
  appId: number;
  secretId: string;
  /** The SecretKey with all but a few characters masked, to tell two keys apart. */
  secretKeyHint: string;
  endpoint: string;
  receiverAddress: string | null;
  consoleUrl: string;
  version: string;
  database: string;
  ffmpeg: string;
  dataFolder: string;
}

const account: Decoder<Account> = object({
  appId: number,
  secretId: text,
  secretKeyHint: withDefault(text, ''),
  endpoint: text,
  receiverAddress: filledText,
  consoleUrl: withDefault(text, ''),
  version: withDefault(text, ''),
  database: withDefault(text, ''),
  ffmpeg: withDefault(text, ''),
  dataFolder: withDefault(text, ''),
});

export function accountQuery(api: Api) {
  return queryOptions({
    queryKey: queryKeys.account,
    queryFn: ({ signal }) => api.request('/account', account, { signal }),
  });
}
