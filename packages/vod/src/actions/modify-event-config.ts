import { invalidParameter } from '@vodstack/protocol';
import { notifyLive } from '@vodstack/platform';
import { resolveSubAppId } from '../applications.ts';
import { changeEventConfig, type EventConfig } from '../events/event-config.ts';
import { defineAction, type Action } from './action.ts';
import type { ModifyEventConfigRequest } from './request-types.ts';

const MAX_URL_CHARACTERS = 2048;

/** Sets how an application is told of events; what is not given stays as it is (266/55244). */
export const modifyEventConfig: Action<ModifyEventConfigRequest> = defineAction({
  name: 'ModifyEventConfig',
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    await changeEventConfig(context.db, subAppId, toChanges(request));
    await notifyLive(context.db, { kind: 'config', id: String(subAppId) });
    return {};
  },
});

function toChanges(request: ModifyEventConfigRequest): Partial<EventConfig> {
  const upload = parseSwitch('UploadMediaCompleteEventSwitch', request.UploadMediaCompleteEventSwitch);
  const deletion = parseSwitch('DeleteMediaCompleteEventSwitch', request.DeleteMediaCompleteEventSwitch);
  const persistence = parseSwitch('PersistenceCompleteEventSwitch', request.PersistenceCompleteEventSwitch);
  const changes = {
    mode: parseMode(request.Mode),
    notification_url: parseUrl(request.NotificationUrl),
    sign_key: parseSignKey(request.SignKey),
    upload_switch: upload,
    delete_switch: deletion,
    persistence_switch: persistence,
  };
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}

function parseMode(mode: string | null | undefined): 'PUSH' | 'PULL' | undefined {
  if (mode === null || mode === undefined || mode === '') return undefined;
  if (mode === 'PUSH' || mode === 'PULL') return mode;
  throw invalidParameter(`The parameter \`Mode\` must be PUSH or PULL, got ${quote(mode)}.`);
}

function parseSwitch(name: string, value: string | null | undefined): boolean | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if (value === 'ON' || value === 'OFF') return value === 'ON';
  throw invalidParameter(`The parameter \`${name}\` must be ON or OFF, got ${quote(value)}.`);
}

/** An empty string takes the URL away; absent leaves it. */
function parseUrl(text: string | null | undefined): string | undefined {
  if (text === null || text === undefined || text === '') return text ?? undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isUsable =
    url && (url.protocol === 'http:' || url.protocol === 'https:') && text.length <= MAX_URL_CHARACTERS;
  if (!isUsable) {
    throw invalidParameter(
      `The parameter \`NotificationUrl\` must be an http or https URL of at most ${MAX_URL_CHARACTERS} characters, got ${quote(text)}.`,
    );
  }
  return text;
}

function parseSignKey(key: string | null | undefined): string | null | undefined {
  if (key === null || key === undefined) return undefined;
  if (key === '') return null;
  if (/^[A-Za-z0-9]{1,32}$/.test(key)) return key;
  throw invalidParameter(
    'The parameter `SignKey` must have 1 to 32 letters and digits (its value is not shown here).',
  );
}

function quote(value: string): string {
  return JSON.stringify(value.slice(0, 80));
}
