import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { awaitProgress, awaitRecords } from '../support/await-task.ts';
import { type ChildServer, findFreePort, startChildServer } from '../support/child-server.ts';
import { download } from '../support/download.ts';
import { eventually } from '../support/eventually.ts';
import { makeClip, makeLongClip } from '../support/make-clip.ts';
import { findEncoders, findProcesses, isAlive } from '../support/processes.ts';
import { uploadFile } from '../support/upload.ts';
import { createWorkFolder, type WorkFolder } from '../support/work-folder.ts';

/** A dead worker's task is taken over within twenty seconds, and then the clip has to be transcoded on a busy machine. */
const TASK_DEADLINE_MS = 150_000;
const TEST_DEADLINE_MS = 240_000;

describe('a server that is ended in the middle of its work', { timeout: TEST_DEADLINE_MS }, () => {
  let folder: WorkFolder;
  let dataFolder: string;
  let port: number;
  let server: ChildServer;
  let longClip: string;
  let shortClip: string;

  const start = async (): Promise<ChildServer> => await startChildServer({ dataFolder, port });

  beforeAll(async () => {
    folder = await createWorkFolder();
    dataFolder = folder.join('data');
    port = await findFreePort();
    longClip = await makeLongClip(folder.join('long.mp4'));
    shortClip = await makeClip(folder.join('short.mp4'));
    server = await start();
  });

  beforeEach(async () => {
    const { exitCode, signalCode } = server.process;
    if (exitCode !== null || signalCode !== null) server = await start();
  });

  afterAll(async () => {
    await server?.end('SIGTERM');
    await folder?.remove();
  });

  it('after SIGKILL in a transcode, the next start finishes the task, once, and leaves no trace of the first attempt', async () => {
    const { FileId } = await uploadFile(server, longClip);
    await awaitProgress(server.url, FileId);
    const encoders = findEncoders(dataFolder);
    expect(encoders).not.toEqual([]);
    const postgres = await readPostmaster(dataFolder);
    await server.end('SIGKILL');
    await eventually('its ffmpeg has died with it', () => !encoders.some(({ pid }) => isAlive(pid)));
    await eventually('only the database is left', () =>
      findProcesses(dataFolder).every(({ command }) => command.includes('postgres')),
    );

    server = await start();
    expect(await readPostmaster(dataFolder)).toBe(postgres);
    const media = await awaitRecords(server.url, FileId, TASK_DEADLINE_MS);
    expect(media.records.map(({ definition }) => definition)).toEqual([100010, 100020]);
    expect(media.tasks).toHaveLength(1);
    expect(media.tasks[0]?.attempts).toBeGreaterThan(1);
    for (const { output } of media.tasks[0]?.subtasks ?? []) {
      const { md5, bytes } = await download(output?.url ?? '');
      expect({ md5, sizeBytes: bytes.length }).toEqual({ md5: output?.md5, sizeBytes: output?.sizeBytes });
    }
    expect(await readdir(`${dataFolder}/scratch`)).toEqual([]);
    expect(await readdir(`${dataFolder}/blobs/.parts`)).toEqual([]);
    expect(await listFiles(`${dataFolder}/blobs/media/${FileId}`)).toHaveLength(3);
  });

  it('after SIGKILL between the answer to CommitUpload and the delivery, the event arrives', async () => {
    const receiver = await startSilentReceiver();
    try {
      const { NotificationUrl = '' } = await server.client.DescribeEventConfig({});
      await server.client.ModifyEventConfig({ NotificationUrl: receiver.url });
      const { FileId } = await uploadFile(server, shortClip);
      // Whether it had begun to send or not: nobody has answered.
      await server.end('SIGKILL');
      receiver.answerFromNowOn();
      server = await start();
      const body = await eventually('the event arrives', () => receiver.answered()[0]);
      expect(JSON.parse(body)).toMatchObject({ EventType: 'NewFileUpload', FileUploadEvent: { FileId } });
      await server.client.ModifyEventConfig({ NotificationUrl });
    } finally {
      await receiver.close();
    }
  });

  it('SIGTERM in a transcode ends everything with exit code 0, and the next start continues with the same state', async () => {
    const before = await readState(dataFolder, server);
    const { FileId } = await uploadFile(server, longClip);
    await awaitProgress(server.url, FileId);
    expect(await server.end('SIGTERM')).toBe(0);
    expect(findProcesses(dataFolder)).toEqual([]);

    server = await start();
    expect(await readState(dataFolder, server)).toEqual(before);
    const media = await awaitRecords(server.url, FileId, TASK_DEADLINE_MS);
    expect(media.status).toBe('Normal');
    expect(media.tasks).toHaveLength(1);
    expect(await readdir(`${dataFolder}/scratch`)).toEqual([]);
  });

  it('a killed ffmpeg is started again, and its task ends well', async () => {
    const { FileId } = await uploadFile(server, longClip);
    await awaitProgress(server.url, FileId);
    for (const { pid } of findEncoders(dataFolder)) process.kill(pid, 'SIGKILL');
    const media = await awaitRecords(server.url, FileId, TASK_DEADLINE_MS);
    expect(media.status).toBe('Normal');
    expect(media.tasks[0]?.attempts).toBe(2);
  });
});

/** What must be the same after every start. */
async function readState(dataFolder: string, server: ChildServer): Promise<object> {
  const [serviceAddress] = /http\S+\/release\/callback/.exec(server.output()) ?? [];
  const { NotificationUrl } = await server.client.DescribeEventConfig({});
  const credentials = await readFile(`${dataFolder}/credentials.json`, 'utf8');
  expect(NotificationUrl).toBe(serviceAddress);
  return { serviceAddress, NotificationUrl, credentials };
}

async function readPostmaster(dataFolder: string): Promise<number> {
  return Number.parseInt(await readFile(`${dataFolder}/postgres/data/postmaster.pid`, 'utf8'), 10);
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

interface SilentReceiver {
  readonly url: string;
  answerFromNowOn(): void;
  /** Bodies of the requests that got an answer. */
  answered(): readonly string[];
  close(): Promise<void>;
}

/** Takes notifications and, until it is told otherwise, answers none. */
async function startSilentReceiver(): Promise<SilentReceiver> {
  let isAnswering = false;
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      if (!isAnswering) return;
      bodies.push(Buffer.concat(chunks).toString());
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`,
    answerFromNowOn: () => (isAnswering = true),
    answered: () => bodies,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
