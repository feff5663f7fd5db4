import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChildServer, findFreePort, startChildServer } from '../support/child-server.ts';
import { measureUpload } from '../support/measure-upload.ts';
import { createWorkFolder, type WorkFolder } from '../support/work-folder.ts';

const GIBIBYTE = 1024 ** 3;
const MEBIBYTE = 1024 ** 2;
/** `head -c 1G /dev/zero | md5sum` */
const MD5_OF_ZEROS = 'cd573cfaace07e7949bc0c46028904ff';

describe('the server’s memory', { timeout: 300_000 }, () => {
  let folder: WorkFolder;
  let server: ChildServer;

  beforeAll(async () => {
    folder = await createWorkFolder();
    server = await startChildServer({ dataFolder: folder.join('data'), port: await findFreePort() });
  });

  afterAll(async () => {
    await server?.end('SIGTERM');
    await folder?.remove();
  });

  it('grows by less than 64 MiB while a file of 1 GiB is put', async () => {
    const upload = await measureUpload(server, GIBIBYTE);
    expect({ status: upload.status, etag: upload.etag }).toEqual({ status: 200, etag: `"${MD5_OF_ZEROS}"` });
    expect(upload.growthBytes).toBeLessThan(64 * MEBIBYTE);
  });
});
