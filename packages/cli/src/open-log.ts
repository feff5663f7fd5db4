import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { notWritable } from '@vodstack/server';

/** Opens the log for appending, for its owner only. @throws StartupError when its folder cannot be written */
export async function openLog(path: string): Promise<NodeJS.WritableStream> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const stream = createWriteStream(path, { flags: 'a', mode: 0o600 });
    await new Promise((resolve, reject) => stream.once('open', resolve).once('error', reject));
    // A full disk must not end the program: its log lines are lost, nothing else.
    stream.on('error', () => {});
    return stream;
  } catch (error) {
    throw notWritable(dirname(path), error);
  }
}
