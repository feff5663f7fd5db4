import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const FOLDERS = ['/usr/bin', '/bin', '/usr/local/bin'];
const PROBE_TIMEOUT_MS = 10_000;

/** Whether the command ends with success. A probe, not a look at the file: BusyBox has some of the options only. */
export async function succeeds(file: string, args: readonly string[]): Promise<boolean> {
  const probe = promisify(execFile)(file, [...args], { timeout: PROBE_TIMEOUT_MS, env: {} });
  return probe.then(
    () => true,
    () => false,
  );
}

/** The first of the system's folders in which the program works with these arguments. */
export async function findProgram(
  name: string,
  toArguments: (path: string) => string[],
): Promise<string | undefined> {
  for (const folder of FOLDERS) {
    const path = `${folder}/${name}`;
    if (await succeeds(path, toArguments(path))) return path;
  }
  return undefined;
}
