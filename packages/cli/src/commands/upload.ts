import { stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { StartupError, systemErrorCode } from '@vodstack/platform';
import { Command } from 'commander';
import { addConnectionOptions, type ConnectionFlags, createVodClient, readConnection } from '../connection.ts';
import { explainConnection } from '../failure.ts';
import { createPrinter } from '../printer.ts';
import { createProgressBar } from '../progress-bar.ts';
import { putFile } from '../put-file.ts';
import { watchProcessing } from '../watch-processing.ts';

interface UploadFlags extends ConnectionFlags {
  readonly watch?: boolean;
  readonly timeout: string;
}

export const uploadCommand: Command = addConnectionOptions(
  new Command('upload')
    .description('upload a media file')
    .argument('<file>', 'the file to upload')
    .option('-w, --watch', 'wait for the renditions and show each step until their URLs are there')
    .option('--timeout <seconds>', 'how long --watch waits for the task to finish', '3600'),
).action(upload);

async function upload(path: string, flags: UploadFlags): Promise<void> {
  const connection = readConnection(flags);
  try {
    await run(path, flags, connection);
  } catch (error) {
    throw explainConnection(error, connection.endpoint);
  }
}

async function run(path: string, flags: UploadFlags, connection: ReturnType<typeof readConnection>): Promise<void> {
  const sizeBytes = await readSize(path);
  const printer = createPrinter(flags.json === true);
  const client = createVodClient(connection);
  const extension = extname(path);
  const session = await client.ApplyUpload({
    MediaType: extension.slice(1),
    MediaName: basename(path, extension),
  });
  const bar = createProgressBar(flags.json === true ? null : `Uploading ${basename(path)}`);
  try {
    await putFile(connection.endpoint, session, { path, sizeBytes, onProgress: (bytes) => bar.update(bytes, sizeBytes) });
  } finally {
    bar.stop();
  }
  const media = await client.CommitUpload({ VodSessionKey: session.VodSessionKey ?? '' });
  const fileId = media.FileId ?? '';
  printer.event(`Uploaded   FileId ${fileId}\n           ${media.MediaUrl ?? ''}`, {
    Event: 'Uploaded',
    FileId: fileId,
    MediaUrl: media.MediaUrl ?? '',
  });
  if (!flags.watch) return;
  await watchProcessing(client, { fileId, printer, isJson: flags.json === true, timeoutSec: Number(flags.timeout) });
}

async function readSize(path: string): Promise<number> {
  try {
    const file = await stat(path);
    if (file.isFile()) return file.size;
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    throw new StartupError(`The file ${path} cannot be read (${systemErrorCode(error)}).`, { cause: error });
  }
  throw new StartupError(`${path} is not a file.`);
}
