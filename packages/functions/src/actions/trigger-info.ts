import type { Trigger } from '../triggers/trigger-store.ts';
import type { ActionContext } from './action.ts';
import { toTimeText } from './fields.ts';

/** A trigger as CreateTrigger, ListTriggers and GetFunction show it. A function URL's name is its id. */
export function toTriggerInfo(context: Pick<ActionContext, 'toUrl'>, trigger: Trigger): object {
  return {
    TriggerName: trigger.type === 'http' ? (trigger.resourceId ?? trigger.name) : trigger.name,
    Type: trigger.type,
    TriggerDesc: toTriggerDesc(context, trigger),
    Qualifier: trigger.qualifier,
    Enable: trigger.enabled ? 1 : 0,
    AvailableStatus: 'Available',
    CustomArgument: trigger.customArgument,
    Description: trigger.description,
    ResourceId: trigger.resourceId ?? '',
    BindStatus: 'on',
    TriggerAttribute: trigger.type === 'http' ? 'single' : '',
    AddTime: toTimeText(trigger.createdAt),
    ModTime: toTimeText(trigger.modifiedAt),
  };
}

function toTriggerDesc({ toUrl }: Pick<ActionContext, 'toUrl'>, trigger: Trigger): string {
  if (trigger.type !== 'http') return trigger.settings;
  const settings: { NetConfig: object } = JSON.parse(trigger.settings);
  const url = toUrl(trigger.resourceId ?? '');
  const urls = { ExtranetUrl: url, ExtranetHTTPUrl: url.replace(/^https:/u, 'http:') };
  return JSON.stringify({ ...settings, NetConfig: { ...settings.NetConfig, ...urls } });
}
