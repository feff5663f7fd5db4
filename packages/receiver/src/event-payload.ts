import { eventMembers, type EventType } from '@vodstack/protocol';
import type { EventContent } from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_models.js';

/** What an event of this type carries, as the SDK declares it: every field optional, because the cloud promises none. */
export type EventPayload<Type extends EventType> = NonNullable<EventContent[(typeof eventMembers)[Type]]>;

/** Names of members from before 2019, still found in payloads and in the docs' samples. */
const olderMembers: Readonly<Partial<Record<EventType, string>>> = {
  WechatMiniProgramPublishComplete: 'WechatMiniProgramPublishEvent',
  WechatPublishComplete: 'WechatPublishComplete',
};

/** The names under which a message may carry the event of this type, the current one first. */
export function memberNames(eventType: EventType): readonly [string, ...string[]] {
  const older = olderMembers[eventType];
  return older === undefined ? [eventMembers[eventType]] : [eventMembers[eventType], older];
}
