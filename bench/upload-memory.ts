import { type ChildServer, findFreePort, startChildServer } from '../tests/support/child-server.ts';
import { measureUpload } from '../tests/support/measure-upload.ts';
import { createWorkFolder } from '../tests/support/work-folder.ts';
import type { BenchResult } from './bench-result.ts';

const GIBIBYTE = 1024 ** 3;
const MEBIBYTE = 1024 ** 2;
/** What an upload of any size may add to the server's memory. */
const LIMIT_MIB = 64;

/**
 * How much memory a running server takes for one PUT. Argument: the size in GiB, 4 by default (5 at most); as much is needed on the
 * disk for the time of the run.
 */
export async function uploadMemory(args: readonly string[]): Promise<BenchResult> {
  const sizeGib = Number(args[0] ?? 4);
  const folder = await createWorkFolder();
  let server: ChildServer | undefined;
  try {
    server = await startChildServer({ dataFolder: folder.join('data'), port: await findFreePort() });
    const upload = await measureUpload(server, sizeGib * GIBIBYTE);
    if (upload.status !== 200) throw new Error(`the upload was answered with ${upload.status}`);
    const growthMib = upload.growthBytes / MEBIBYTE;
    return {
      figures: {
        sizeGib,
        growthMib: round(growthMib),
        limitMib: LIMIT_MIB,
        durationSec: round(upload.durationSec),
        throughputMibPerSec: round((sizeGib * 1024) / upload.durationSec),
      },
      ratios: { growthToLimit: round(growthMib / LIMIT_MIB) },
    };
  } finally {
    await server?.end('SIGTERM');
    await folder.remove();
  }
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
