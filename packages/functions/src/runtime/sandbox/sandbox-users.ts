import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Far from any number that a person or a service has. */
const FIRST_UID = 1_879_048_192;
const UID_COUNT = 1024;

/** Users for sandboxes: each gets another one, so that the limit of processes of one is not that of another. */
export interface SandboxUsers {
  passwdFile: string;
  next(): number;
}

/** Writes the file in which all of them are called `qcloud`, as in the cloud. */
export async function createSandboxUsers(folder: string): Promise<SandboxUsers> {
  const passwdFile = join(folder, 'sandbox-passwd');
  const uids = Array.from({ length: UID_COUNT }, (_, index) => FIRST_UID + index);
  const lines = uids.map((uid) => `qcloud:x:${uid}:${uid}::/tmp:/bin/sh\n`);
  await writeFile(passwdFile, lines.join(''), { mode: 0o644 });
  let count = 0;
  return {
    passwdFile,
    next: () => FIRST_UID + (count++ % UID_COUNT),
  };
}
