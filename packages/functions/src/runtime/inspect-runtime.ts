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
  const [{ isolation }, { python }] = await Promise.all([
    createProcessStarter({ account, folder }),
    findInterpreters(),
  ]);
  return { isolation, python: python?.version };
}
