import { execFile } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { addArtifact } from './artifact.ts';
import type { Stack } from './stack.ts';

const run = promisify(execFile);
const HLS_TYPE = 'application/vnd.apple.mpegurl';

export interface HlsOptions {
  readonly stack: Stack;
  readonly fileId: string;
  /** A folder to make the files in. */
  readonly folder: string;
  readonly definition: number;
  /** Encrypts the segments: the key, and what the playlist says of where it is. */
  readonly encryption?: { readonly key: Buffer; readonly uri: string };
}

/** Six seconds of HLS in segments of a second, with a master playlist, as an adaptive stream of a media; returns the master's URL. */
export async function addHls({ stack, fileId, folder, definition, encryption }: HlsOptions): Promise<string> {
  const place = join(folder, String(definition));
  await mkdir(place, { recursive: true });
  const child = `video_${definition}_0`;
  const source = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25', '-t', '6'];
  const encoder = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-g', '25'];
  const segments = ['-hls_time', '1', '-hls_list_size', '0', '-hls_playlist_type', 'vod'];
  const keyInfo = encryption ? ['-hls_key_info_file', await writeKeyInfo(place, encryption)] : [];
  const names = ['-hls_segment_filename', join(place, `${child}_%d.ts`), join(place, `${child}.m3u8`)];
  await run('ffmpeg', [
    '-v',
    'error',
    '-y',
    ...source,
    ...encoder,
    '-f',
    'hls',
    ...segments,
    ...keyInfo,
    ...names,
  ]);
  const master = `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=200000,RESOLUTION=320x180\n${child}.m3u8\n`;
  await writeFile(join(place, `adp.${definition}.m3u8`), master);
  // The main file comes first, as its name does.
  const files = (await readdir(place)).filter((name) => /\.(?:ts|m3u8)$/.test(name)).toSorted();
  for (const name of files) {
    const contentType = name.endsWith('.ts') ? 'video/mp2t' : HLS_TYPE;
    await addArtifact(stack, fileId, join(place, name), {
      kind: 'AdaptiveDynamicStreaming',
      definition,
      name,
      contentType,
    });
  }
  const { pool } = await stack.openDatabase();
  const { rows } = await pool.query<{ folder: string }>(
    'select folder from vod.artifact where file_id = $1 and name = $2',
    [fileId, `adp.${definition}.m3u8`],
  );
  return `${stack.url}/${rows[0]?.folder}/adp.${definition}.m3u8`;
}

async function writeKeyInfo(place: string, { key, uri }: { key: Buffer; uri: string }): Promise<string> {
  const keyPath = join(place, 'key.bin');
  const infoPath = join(place, 'key.info');
  await writeFile(keyPath, key);
  await writeFile(infoPath, `${uri}\n${keyPath}\n${'00'.repeat(16)}\n`);
  return infoPath;
}

/** Plays a URL to its end and returns how many seconds of picture there were. @throws Error when it does not play */
export async function playToEnd(url: string): Promise<number> {
  const counted = ['-count_frames', '-select_streams', 'v:0', '-show_entries', 'stream=nb_read_frames'];
  const { stdout, stderr } = await run('ffprobe', ['-v', 'error', ...counted, '-of', 'csv=p=0', url]);
  const frames = Number.parseInt(stdout, 10);
  if (!(frames > 0)) throw new Error(`${url} does not play: ${stderr}`);
  return frames / 25;
}
