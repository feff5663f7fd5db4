import { mkdir, readdir, stat } from 'node:fs/promises';
import { systemErrorCode } from '@vodstack/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { awaitFinishedTask, awaitRecords } from '../support/await-task.ts';
import { type ChildServer, findFreePort, startChildServer } from '../support/child-server.ts';
import { eventually } from '../support/eventually.ts';
import { makeClip } from '../support/make-clip.ts';
import { putObject, uploadFile } from '../support/upload.ts';
import { createWorkFolder, type WorkFolder } from '../support/work-folder.ts';

const MEGABYTE = 1_000_000;

describe('a disk without space', { timeout: 180_000 }, () => {
  let folder: WorkFolder;
  let server: ChildServer | undefined;

  beforeEach(async () => {
    folder = await createWorkFolder();
  });

  afterEach(async () => {
    await server?.end('SIGTERM');
    server = undefined;
    await folder.remove();
  });

  /** A server that sees a small disk of its own at one of its folders; nobody else sees it. */
  async function startOnSmallDisk(name: 'blobs' | 'scratch', sizeBytes: number): Promise<ChildServer> {
    const dataFolder = folder.join('data');
    const place = folder.join('data', name);
    await mkdir(place, { recursive: true });
    const mount = `mount -t tmpfs -o size=${Math.ceil(sizeBytes / 1024)}k none "$0" && exec "$@"`;
    const wrapper = ['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', mount, place];
    server = await startChildServer({ dataFolder, port: await findFreePort(), wrapper });
    return server;
  }

  /** The files on the small disk, seen through the eyes of the server. */
  async function listFiles(name: 'blobs' | 'scratch'): Promise<string[]> {
    const place = `/proc/${server?.process.pid}/root${folder.join('data', name)}`;
    const entries = await readdir(place, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  }

  /** What a task leaves behind goes after its end has been recorded; a folder may vanish while it is being read. */
  async function awaitFiles(name: 'blobs' | 'scratch', count: number): Promise<void> {
    await eventually(`${count} files are left in ${name}`, async () => {
      const files = await listFiles(name).catch((error: unknown) => {
        if (systemErrorCode(error) === 'ENOENT') return undefined;
        throw error;
      });
      return files?.length === count;
    });
  }

  it('an upload that does not fit is refused with a clear error and leaves nothing, a smaller one is processed', async () => {
    const { url, client } = await startOnSmallDisk('blobs', 8 * MEGABYTE);
    const session = await client.ApplyUpload({ MediaType: 'mp4' });
    const refusal = await putObject(url, session, new Uint8Array(20 * MEGABYTE), 20 * MEGABYTE);
    expect(refusal.status).toBe(503);
    expect(refusal.headers.get('content-type')).toBe('application/xml');
    const xml = await refusal.text();
    expect(xml).toContain('<Code>ServiceUnavailable</Code>');
    expect(xml).toMatch(/<Message>No space is left on the server[^<]*<\/Message>/);
    expect(await listFiles('blobs')).toEqual([]);
    await expect(client.CommitUpload({ VodSessionKey: session.VodSessionKey ?? '' })).rejects.toMatchObject({
      code: 'ResourceNotFound',
    });

    const { FileId } = await uploadFile({ url, client }, await makeClip(folder.join('small.mp4')));
    expect((await awaitRecords(url, FileId)).status).toBe('Normal');
  });

  it('renditions that do not fit fail with the reason, leave nothing but the source, and the server lives on', async () => {
    const clip = await makeNoise(folder.join('noise.mp4'));
    const { size } = await stat(clip);
    // Room for the first rendition, not for both.
    const { url, client } = await startOnSmallDisk('blobs', size + 0.32 * MEGABYTE);
    const { FileId } = await uploadFile({ url, client }, clip);
    const { task, media } = await awaitFinishedTask(url, FileId, 120_000);
    expectNoSpace(task.subtasks);
    expect(media.status).toBe('Failed');
    await awaitFiles('blobs', 1);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('a transcode that fills the scratch space fails with the reason after its retries, and the server lives on', async () => {
    const { url, client } = await startOnSmallDisk('scratch', 0.25 * MEGABYTE);
    const { FileId } = await uploadFile({ url, client }, await makeNoise(folder.join('noise.mp4')));
    const { task } = await awaitFinishedTask(url, FileId, 120_000);
    expectNoSpace(task.subtasks);
    expect(task.attempts).toBe(3);
    await awaitFiles('scratch', 0);
    const plain = await makeClip(folder.join('plain.mp4'), {
      picture: 'color=gray:size=320x180:rate=5',
      sound: null,
    });
    const next = await uploadFile({ url, client }, plain);
    expect((await awaitRecords(url, next.FileId)).status).toBe('Normal');
  });
});

/** A picture that no encoder can make small. */
async function makeNoise(path: string): Promise<string> {
  const picture = 'testsrc2=size=640x360:rate=30,noise=alls=60:allf=t';
  return await makeClip(path, { picture, durationSec: 3, output: ['-crf', '35'] });
}

function expectNoSpace(subtasks: readonly { status: string; errCodeExt: string; message: string }[]): void {
  for (const { status, errCodeExt, message } of subtasks) {
    expect({ status, errCodeExt }).toEqual({ status: 'FAIL', errCodeExt: 'InternalError' });
    expect(message).toMatch(/no space/i);
  }
}
