import { open } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { StartupError, systemErrorCode } from '@vodstack/platform';
import type { models } from '@vodstack/protocol';
import { Command } from 'commander';
import {
  addConnectionOptions,
  type ConnectionFlags,
  createVodClient,
  readConnection,
} from '../connection.ts';
import { explainConnection } from '../failure.ts';
import { formatBytes, formatDuration } from '../format.ts';
import { parsePositiveInteger } from '../positive-integer.ts';
import { createPrinter } from '../printer.ts';
import { createProgressBar } from '../progress-bar.ts';
import { putFile } from '../put-file.ts';
import { watchProcessing } from '../watch-processing.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is none of this name',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  ENOTDIR: 'a part of its path is not a folder',
};

interface UploadFlags extends ConnectionFlags {
  readonly watch?: boolean;
  readonly timeout: number;
}

export const uploadCommand: Command = addConnectionOptions(
  new Command('upload')
    .description('upload a media file')
    .argument('<file>', 'the file to upload')
    .option('-w, --watch', 'wait for the renditions and show each step until their URLs are there')
    .option(
      '--timeout <seconds>',
      'how long --watch waits for the task to finish',
      parsePositiveInteger,
      3600,
    ),
).action(upload);

async function upload(path: string, flags: UploadFlags): Promise<void> {
  const connection = readConnection(flags);
  try {
    await run(path, flags, connection);
  } catch (error) {
    throw explainConnection(error, connection.endpoint);
  }
}

async function run(
  path: string,
  flags: UploadFlags,
  connection: ReturnType<typeof readConnection>,
): Promise<void> {
  const sizeBytes = await readSize(path);
  const printer = createPrinter(flags.json === true);
  const client = createVodClient(connection);
  const extension = extname(path);
  const session = await client.ApplyUpload({
    MediaType: extension.slice(1),
    MediaName: basename(path, extension),
  });
  const startedAt = performance.now();
  await sendFile(connection.endpoint, session, { path, sizeBytes, isJson: flags.json === true });
  const media = await client.CommitUpload({ VodSessionKey: session.VodSessionKey ?? '' });
  const fileId = media.FileId ?? '';
  const took = `${formatBytes(sizeBytes)} in ${formatDuration(performance.now() - startedAt)}`;
  printer.event(`Uploaded   FileId ${fileId}  (${took})\n           ${media.MediaUrl ?? ''}`, {
    Event: 'Uploaded',
    FileId: fileId,
    MediaUrl: media.MediaUrl ?? '',
  });
  if (!flags.watch) return;
  await watchProcessing(client, { fileId, printer, isJson: flags.json === true, timeoutSec: flags.timeout });
}

async function sendFile(
  endpoint: string,
  session: models.ApplyUploadResponse,
  { path, sizeBytes, isJson }: { path: string; sizeBytes: number; isJson: boolean },
): Promise<void> {
  const bar = createProgressBar(isJson ? null : 'Uploading');
  const onProgress = (sent: number): void =>
    bar.update(sent, sizeBytes, `${formatBytes(sent)} of ${formatBytes(sizeBytes)}`);
  try {
    await putFile(endpoint, session, { path, sizeBytes, onProgress });
  } finally {
    bar.stop();
  }
}

/** @throws StartupError when there is no file that this user may read */
async function readSize(path: string): Promise<number> {
  try {
    await using file = await open(path, 'r');
    const found = await file.stat();
    if (found.isFile()) return found.size;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    throw new StartupError(`The file ${path} cannot be read: ${REASONS[code] ?? code}.`, { cause: error });
  }
  throw new StartupError(`${path} is not a file.`);
}
