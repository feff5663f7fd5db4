import { createProcessStarter, type Isolation } from './function-process.ts';
import { findInterpreters } from './interpreters.ts';

export interface RuntimeInspection {
  isolation: Isolation;
  /** The version of the Python that functions would run on. */
  python: string | undefined;
}

/** What functions would run on and in. @param folder for temporary files */
export async function inspectRuntime(folder: string): Promise<RuntimeInspection> {
  const account = { appId: '', uin: '', region: '' };
  const [starter, { python }] = await Promise.all([
    createProcessStarter({ account, folder }),
    findInterpreters(),
  ]);
  await starter.stop();
  return { isolation: starter.isolation, python: python?.version };
}
