import type { EventConfig } from './event-config.ts';

/** What stands in the form; an empty signKey leaves the present one. */
export interface EventDraft extends EventConfig {
  signKey: string;
}

const CONFIG_FIELDS = ['mode', 'url', 'onUpload', 'onDelete', 'onPersistence'] as const;
export type ConfigField = (typeof CONFIG_FIELDS)[number];

export function changedFields(saved: EventConfig, draft: EventDraft): ConfigField[] {
  return CONFIG_FIELDS.filter((field) => saved[field] !== draft[field]);
}

/** Empty is allowed: nothing is sent then. */
export function isCallbackUrl(url: string): boolean {
  if (url === '') return true;
  const parsed = URL.parse(url);
  return parsed !== null && (parsed.protocol === 'http:' || parsed.protocol === 'https:');
}

/** The documented form of a SignKey: letters and digits, at most 32. */
export function isSignKey(signKey: string): boolean {
  return /^[A-Za-z0-9]{0,32}$/.test(signKey);
}
