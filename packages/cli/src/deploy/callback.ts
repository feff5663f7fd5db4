import type { Client as VodClient } from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_client.js';
import type { CallbackState, StateFile } from './state-file.ts';

export interface CallbackOptions {
  readonly vod: VodClient;
  readonly state: StateFile;
  /** Of the deployment in the state file. */
  readonly key: string;
  readonly subAppId: number | undefined;
}

/**
 * Points the VOD callback at an address, uploads included, and remembers what it was.
 * @param warn told when another address is replaced
 */
export async function configureCallback(
  { vod, state, key, subAppId }: CallbackOptions,
  address: string,
  warn: (former: string) => void,
): Promise<void> {
  const former = await describe(vod, subAppId);
  const isOurs =
    former.NotificationUrl === address || former.NotificationUrl === (await state.find(key))?.address;
  if (!isOurs) {
    if (former.NotificationUrl !== '') warn(former.NotificationUrl);
    // Before the change: a deployment that is cut off here has lost nothing.
    await state.set(key, { address, former });
  } else {
    const known = await state.find(key);
    if (known) await state.set(key, { ...known, address });
  }
  await vod.ModifyEventConfig({
    Mode: 'PUSH',
    NotificationUrl: address,
    UploadMediaCompleteEventSwitch: 'ON',
    ...toSubApp(subAppId),
  });
}

/**
 * Puts the former callback back, unless somebody has set another one since.
 * @returns what was put back: an address, or the empty text for none; undefined when nothing was
 */
export async function restoreCallback(options: CallbackOptions): Promise<string | undefined> {
  const { vod, state, key, subAppId } = options;
  const known = await state.find(key);
  if (!known) return undefined;
  const { NotificationUrl } = await describe(vod, subAppId);
  if (NotificationUrl !== known.address) {
    await state.set(key, undefined);
    return undefined;
  }
  await vod.ModifyEventConfig({ ...known.former, ...toSubApp(subAppId) });
  await state.set(key, undefined);
  return known.former.NotificationUrl;
}

async function describe(vod: VodClient, subAppId: number | undefined): Promise<CallbackState['former']> {
  const config = await vod.DescribeEventConfig(toSubApp(subAppId));
  return {
    Mode: config.Mode || 'PUSH',
    NotificationUrl: config.NotificationUrl ?? '',
    UploadMediaCompleteEventSwitch: config.UploadMediaCompleteEventSwitch || 'OFF',
    DeleteMediaCompleteEventSwitch: config.DeleteMediaCompleteEventSwitch || 'OFF',
    PersistenceCompleteEventSwitch: config.PersistenceCompleteEventSwitch || 'OFF',
  };
}

const toSubApp = (subAppId: number | undefined): { SubAppId?: number } =>
  subAppId === undefined ? {} : { SubAppId: subAppId };
