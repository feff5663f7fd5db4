import { newApiDraft, toTriggerDesc, type ApiDraft } from '../../shared/gateway/api-draft.ts';

export const TRIGGER_TYPES = ['apigw', 'http', 'timer'] as const;
export type TriggerType = (typeof TRIGGER_TYPES)[number];

export function isTriggerType(value: string): value is TriggerType {
  return TRIGGER_TYPES.some((type) => type === value);
}

/** What stands in the form of a new trigger; each type has fields of its own. */
export interface TriggerDraft {
  type: TriggerType;
  name: string;
  qualifier: string;
  api: ApiDraft;
  auth: 'NONE' | 'CAM';
  hasCors: boolean;
  cron: string;
  message: string;
}

export function newTriggerDraft(functionName: string): TriggerDraft {
  return {
    type: 'http',
    name: `${functionName.slice(0, 80)}-trigger`,
    qualifier: '$LATEST',
    api: newApiDraft(functionName),
    auth: 'NONE',
    hasCors: false,
    cron: '0 */5 * * * * *',
    message: '',
  };
}

/** CreateTrigger's members beside the function's name. */
export function toTriggerRequest(draft: TriggerDraft): Record<string, unknown> {
  const { type, name, qualifier, message } = draft;
  return {
    Type: type,
    TriggerName: name,
    Qualifier: qualifier,
    Enable: 'OPEN',
    TriggerDesc: toDescription(draft),
    ...(type === 'timer' && message !== '' ? { CustomArgument: message } : {}),
  };
}

function toDescription({ type, api, auth, hasCors, cron }: TriggerDraft): string {
  if (type === 'apigw') return toTriggerDesc(api);
  if (type === 'timer') return JSON.stringify({ cron });
  return JSON.stringify({
    AuthType: auth,
    NetConfig: { EnableIntranet: true, EnableExtranet: true },
    CorsConfig: { Enable: hasCors },
  });
}
