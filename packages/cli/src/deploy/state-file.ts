import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartupError, systemErrorCode, writeDurably } from '@vodstack/platform';
import { z } from 'zod';

/** What has to be put back when a function goes. */
export interface CallbackState {
  /** The address that a deployment set. */
  readonly address: string;
  readonly former: {
    readonly Mode: string;
    readonly NotificationUrl: string;
    readonly UploadMediaCompleteEventSwitch: string;
    readonly DeleteMediaCompleteEventSwitch: string;
    readonly PersistenceCompleteEventSwitch: string;
  };
}

const callbackSchema = z.object({
  address: z.string(),
  former: z.object({
    Mode: z.string(),
    NotificationUrl: z.string(),
    UploadMediaCompleteEventSwitch: z.string(),
    DeleteMediaCompleteEventSwitch: z.string(),
    PersistenceCompleteEventSwitch: z.string(),
  }),
});
const stateSchema = z.object({ callbacks: z.record(z.string(), callbackSchema) });

/** `.vodstack/deploy.json` beside what is deployed: the callbacks that deployments have replaced, by place. */
export interface StateFile {
  find(key: string): Promise<CallbackState | undefined>;
  set(key: string, state: CallbackState | undefined): Promise<void>;
}

export function openStateFile(folder: string): StateFile {
  const path = join(folder, '.vodstack', 'deploy.json');
  return {
    find: async (key) => (await readState(path)).get(key),
    async set(key, state) {
      const callbacks = await readState(path);
      if (state === undefined) callbacks.delete(key);
      else callbacks.set(key, state);
      await mkdir(join(folder, '.vodstack'), { recursive: true });
      await writeDurably(path, `${JSON.stringify({ callbacks: Object.fromEntries(callbacks) }, null, 2)}\n`);
    },
  };
}

async function readState(path: string): Promise<Map<string, CallbackState>> {
  try {
    const parsed = stateSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    if (parsed.success) return new Map(Object.entries(parsed.data.callbacks));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return new Map();
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new StartupError(
    `${path} is damaged: it should hold what the VOD callback was. Repair or delete it.`,
  );
}
