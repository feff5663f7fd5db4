import { isJsonObject, type VodClient } from '@vodstack/receiver';

interface EventConfigUse {
  readonly client: VodClient;
  readonly subAppId: number | undefined;
  readonly pulls: boolean;
}

const TIMEOUT_MS = 10_000;

/**
 * Says what the account's notification settings mean for this receiver. They are only read: to change them is left to their owner,
 * because a change moves production's events at once.
 */
export async function explainEventConfig({
  client,
  subAppId,
  pulls,
}: EventConfigUse): Promise<readonly string[]> {
  const request = subAppId === undefined ? {} : { SubAppId: subAppId };
  const answer = await client.request('DescribeEventConfig', request, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!isJsonObject(answer)) return [];
  const { Mode: mode, NotificationUrl: url, UploadMediaCompleteEventSwitch: uploads } = answer;
  return [
    ...(mode === 'PULL' && !pulls
      ? [
          'The account is in mode PULL: nothing is posted here; start with --pull to take events from the queue',
        ]
      : []),
    ...(mode === 'PUSH' && pulls ? ['The account is in mode PUSH: there is nothing to pull'] : []),
    ...(mode === 'PUSH' && (url === '' || url === null)
      ? ['The account has no callback URL: nothing is posted to anybody until one is set']
      : []),
    ...(uploads === 'OFF'
      ? ['NewFileUpload is switched off for this account: uploads are found by looking for gaps only']
      : []),
  ];
}
