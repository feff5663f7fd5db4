import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  MediaError,
  type MediaTools,
  planCover,
  planTranscode,
  probeMedia,
  runTranscode,
  runWork,
  type SourceInfo,
  type TranscodeResult,
} from '../../src/transcode/index.ts';
import { attackFiles } from '../support/attacks.ts';
import { createClipBox, type ClipBox } from '../support/clips.ts';
import { quietLogger, runFfmpeg, useMediaTools } from '../support/media-tools.ts';
import { createScratch, type Scratch } from '../support/scratch.ts';
import { spec } from './source-samples.ts';

let tools: MediaTools;
let scratch: Scratch;
let box: ClipBox;
let canary: Server;
let attacks: Readonly<Record<string, string>>;
let uploads: string;
/** What a probe of an honest clip says: as if an attack file had got past the first look. */
let honest: SourceInfo;
const calls: string[] = [];

beforeAll(async () => {
  tools = await useMediaTools();
  scratch = await createScratch();
  box = createClipBox(scratch.folder, tools);
  uploads = join(scratch.folder, 'tenant-a');
  const secrets = join(scratch.folder, 'tenant-b');
  await Promise.all([mkdir(uploads), mkdir(secrets)]);
  const clip = await box.clip('landscape');
  honest = await probeMedia(clip, { tools });
  await cp(clip, join(secrets, 'secret.mp4'));
  await cp(clip, join(uploads, 'sibling.mp4'));
  canary = createServer((request, response) => {
    calls.push(request.url ?? '');
    response.end();
  });
  await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve));
  attacks = attackFiles({
    secretPath: join(secrets, 'secret.mp4'),
    relativeSecret: '../tenant-b/secret.mp4',
    sibling: 'sibling.mp4',
    canaryUrl: `http://127.0.0.1:${(canary.address() as AddressInfo).port}`,
  });
});
afterAll(async () => {
  await new Promise((resolve) => canary.close(resolve));
  await scratch.remove();
});

async function refusal(path: string): Promise<MediaError> {
  const error: unknown = await probeMedia(path, { tools }).catch((reason: unknown) => reason);
  if (!(error instanceof MediaError)) throw new Error(`expected a refusal, got ${JSON.stringify(error)}`);
  return error;
}

interface Made {
  readonly results: TranscodeResult[];
  readonly files: string[];
}

async function transcode(sourcePath: string, source: SourceInfo): Promise<Made> {
  const scratchFolder = await scratch.subfolder();
  const plan = planTranscode(source, [spec(100010)], { x264Preset: 'veryfast', canToneMap: true });
  const results = await runTranscode(plan, { ...runOptions(sourcePath), scratchFolder });
  return { results, files: await readdir(scratchFolder) };
}

async function coverOf(sourcePath: string, source: SourceInfo): Promise<unknown> {
  const work = planCover(source, {}, { sec: 1 }, { definition: 10, canToneMap: true });
  const scratchFolder = await scratch.subfolder();
  return await runWork(work, { ...runOptions(sourcePath), scratchFolder });
}

function runOptions(sourcePath: string): Omit<Parameters<typeof runTranscode>[1], 'scratchFolder'> {
  const signal = new AbortController().signal;
  return { sourcePath, tools, signal, logger: quietLogger, onProgress: () => {} };
}

const KINDS = Object.keys(attackFiles({ secretPath: '', relativeSecret: '', sibling: '', canaryUrl: '' }));

describe('a file that leads elsewhere', () => {
  it.each(KINDS)('is no media to the first look: %s', async (kind) => {
    const path = join(uploads, 'attack.mp4');
    await writeFile(path, attacks[kind] ?? '');
    const { errCodeExt, message } = await refusal(path);
    expect(errCodeExt).toBe('SourceFileError.ContentUnsupported');
    expect(message).not.toContain(scratch.folder);
  });

  it.each(KINDS)('shows nothing even to a run that takes it for a video: %s', async (kind) => {
    const path = join(uploads, 'attack.mp4');
    await writeFile(path, attacks[kind] ?? '');
    const { results } = await transcode(path, honest);
    expect(results).toMatchObject([{ errCodeExt: expect.stringMatching(/^SourceFileError/) }]);
    expect(JSON.stringify(results)).not.toContain(scratch.folder);
  });

  it.each(['HLS with a sibling', 'ffconcat with a sibling'])('gives no picture either: %s', async (kind) => {
    const path = join(uploads, 'attack.mp4');
    await writeFile(path, attacks[kind] ?? '');
    await expect(coverOf(path, honest)).rejects.toMatchObject({
      errCodeExt: expect.stringMatching(/^SourceFileError/),
    });
  });

  it('has called no server', () => {
    expect(calls).toEqual([]);
  });

  it.each(['concat:sibling.mp4|sibling.mp4', 'http:x.mp4', '%03d.mp4', "-i '; [x].mp4"])(
    'is read as the file that it is, whatever its name: %s',
    async (name) => {
      const folder = await scratch.subfolder();
      await cp(await box.clip('landscape'), join(folder, name));
      expect(await probeMedia(join(folder, name), { tools })).toMatchObject({ durationSec: 2 });
      const { results, files } = await transcode(join(folder, name), honest);
      expect(results).toMatchObject([{ definition: 100010, info: { display: { width: 640 } } }]);
      expect(files).toEqual(['v.f100010.mp4']);
    },
  );
});

describe('a file that is larger than it looks', () => {
  it('as a MOV of 256 × 256 with a picture of 100 000 × 100 000 is not decoded', async () => {
    const path = await box.write('wide.mov', await pngInMov(100_000, 100_000));
    const { results } = await transcode(path, await probeMedia(path, { tools }));
    expect(results).toMatchObject([{ errCodeExt: expect.stringMatching(/^SourceFileError/) }]);
  });

  it('as a picture of 100 000 × 100 000 alone is no video', async () => {
    const path = await box.write('wide.mp4', png(100_000, 100_000, Buffer.alloc(0)));
    expect(await refusal(path)).toMatchObject({
      errCodeExt: 'SourceFileError.ContentUnsupported',
      message: 'not a media file: it is a PNG image',
    });
  });

  it('as a picture of 35 million pixels in 0.1 MB is decoded within the limits', async () => {
    const rows = deflateSync(Buffer.alloc((8192 * 3 + 1) * 4320), { level: 9 });
    const path = await box.write('bomb.mov', await pngInMov(8192, 4320, png(8192, 4320, rows)));
    const { results } = await transcode(path, await probeMedia(path, { tools }));
    expect(results).toMatchObject([{ definition: 100010, info: { durationSec: 1 } }]);
  });

  it('with 300 tracks has one of its sounds transcoded', async () => {
    const path = join(scratch.folder, 'tracks.mp4');
    const maps = Array.from({ length: 300 }, () => ['-map', '0:a']).flat();
    await runFfmpeg(tools, ['-i', await box.clip('landscape'), '-map', '0:v', ...maps, '-c', 'copy', path]);
    const source = await probeMedia(path, { tools });
    expect(source.audio).toHaveLength(300);
    const { results } = await transcode(path, source);
    expect(results).toMatchObject([{ definition: 100010, info: { audio: [{ codec: 'aac' }] } }]);
  });

  it('with more to tell than is read is refused, and not tried again', async () => {
    const path = join(scratch.folder, 'talkative.mkv');
    const notes = join(scratch.folder, 'notes.txt');
    await writeFile(notes, `;FFMETADATA1\ncomment=${'x'.repeat(5_000_000)}\n`);
    const copy = ['-map', '0', '-map_metadata', '1', '-c', 'copy', path];
    await runFfmpeg(tools, ['-i', await box.clip('silent'), '-i', notes, ...copy]);
    expect(await refusal(path)).toMatchObject({
      errCodeExt: 'SourceFileError.ContentUnsupported',
      message: expect.stringContaining('4000000'),
    });
  });
});

/** A PNG of this size by its header, whatever its data holds. */
function png(width: number, height: number, data: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', data),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

/** A MOV of one PNG, 256 × 256 by its own header, which is exchanged for another. */
async function pngInMov(
  width: number,
  height: number,
  content = png(width, height, Buffer.alloc(0)),
): Promise<Buffer> {
  const path = join(scratch.folder, `carrier-${createHash('md5').update(content).digest('hex')}.mov`);
  const noise = `nullsrc=s=256x256:r=1:d=1,format=rgb24,noise=alls=100:allf=t`;
  await runFfmpeg(tools, ['-f', 'lavfi', '-i', noise, '-c:v', 'png', path]);
  const movie = await readFile(path);
  const start = movie.indexOf(Buffer.from([0x89, 0x50, 0x4e, 0x47]));
  if (content.length > 150_000)
    throw new Error(`the picture must fit into the carrier's: ${content.length} bytes`);
  content.copy(movie, start);
  return movie;
}
