import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isIdentityAlive, currentProcessIdentity } from '../../process-identity.ts';

/** Who uses the server: the last one to leave stops it. Call both functions under the folder's lock. */
export interface ServerUsers {
  join(): Promise<void>;
  /** True when no other live user is left. */
  leave(): Promise<boolean>;
}

/** Each user is an empty file named after its process, so that the dead do not count. */
export function createServerUsers(folder: string): ServerUsers {
  const own = join(folder, `${currentProcessIdentity()}.${randomUUID()}`);
  return {
    async join() {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeFile(own, '');
    },
    async leave() {
      await rm(own, { force: true });
      const others = await removeDead(folder);
      return others === 0;
    },
  };
}

async function removeDead(folder: string): Promise<number> {
  const names = await readdir(folder);
  const dead = names.filter((name) => !isIdentityAlive(name.split('.')[0] ?? ''));
  await Promise.all(dead.map((name) => rm(join(folder, name), { force: true })));
  return names.length - dead.length;
}
