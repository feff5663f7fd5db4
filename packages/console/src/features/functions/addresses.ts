import { isRecord } from '../../shared/api/decode.ts';
import type { Trigger } from './function-types.ts';

/** Where triggers are reached, as their descriptions say; timers have no address. */
export function toAddresses(triggers: readonly Trigger[]): string[] {
  return triggers.map(addressOf).filter((address) => address !== undefined);
}

export function addressOf({ Type, TriggerDesc }: Trigger): string | undefined {
  const settings = parseSettings(TriggerDesc);
  const [place, name] =
    Type === 'http' ? (['NetConfig', 'ExtranetUrl'] as const) : (['service', 'subDomain'] as const);
  const at = settings[place];
  const address = isRecord(at) ? at[name] : undefined;
  return typeof address === 'string' && address !== '' ? address : undefined;
}

/** A trigger's description; empty for one that is no JSON. */
export function parseSettings(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
