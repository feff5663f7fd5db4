import { createReadCache } from '@vodstack/platform';
import type { VodContext } from '../context.ts';
import { type AccessKey, findAccessKey } from './access-key.ts';

/** How long a disabled key may go on working, when another process disabled it. */
const CACHE_MS = 2000;
const MAX_NOTED = 10_000;
const NOTE_USE_MS = 60_000;

export interface KeyRing {
  /** The key of that id; undefined when there is none or it is disabled. Looked up once in two seconds at most. */
  find(secretId: string): Promise<AccessKey | undefined>;
  /** Remembers, to the minute, that a key was used. */
  noteUse(secretId: string): void;
  /** Forgets what was looked up: a key has changed, and with it those that come from it. */
  forgetAll(): void;
}

export function createKeyRing({ db, clock, logger }: VodContext): KeyRing {
  const cached = createReadCache({
    load: (secretId) => findAccessKey(db, secretId),
    keepMs: CACHE_MS,
    now: () => clock().getTime(),
  });
  const notedAt = new Map<string, number>();

  return {
    find: (secretId) => cached.get(secretId),
    noteUse(secretId) {
      const now = clock();
      if (now.getTime() - (notedAt.get(secretId) ?? 0) < NOTE_USE_MS) return;
      if (notedAt.size >= MAX_NOTED) notedAt.clear();
      notedAt.set(secretId, now.getTime());
      db.updateTable('vod.api_key')
        .set({ last_used_at: now })
        .where('secret_id', '=', secretId)
        .execute()
        // Nice to know, and no reason to fail a call.
        .catch((error: unknown) => logger.warn({ err: error }, "a key's last use was not noted"));
    },
    forgetAll: () => cached.clear(),
  };
}
