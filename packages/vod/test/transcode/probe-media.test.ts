import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MediaError, probeMedia, type MediaTools, type SourceInfo } from '../../src/transcode/index.ts';
import { createClipBox, type ClipBox, type ClipName } from '../support/clips.ts';
import { useMediaTools } from '../support/media-tools.ts';
import { createScratch, type Scratch } from '../support/scratch.ts';

let tools: MediaTools;
let scratch: Scratch;
let box: ClipBox;

beforeAll(async () => {
  tools = await useMediaTools();
  scratch = await createScratch();
  box = createClipBox(scratch.folder, tools);
});
afterAll(() => scratch.remove());

async function refusal(path: string): Promise<{ code: string; message: string }> {
  const error: unknown = await probeMedia(path, { tools }).catch((reason: unknown) => reason);
  if (!(error instanceof MediaError)) throw new Error(`expected a refusal, got ${JSON.stringify(error)}`);
  return { code: error.errCodeExt, message: error.message };
}

describe('what probeMedia sees', () => {
  const cases: [ClipName, object][] = [
    [
      'landscape',
      { display: { width: 640, height: 360 }, rotation: 0, durationSec: 2, audio: [{ channels: 2 }] },
    ],
    ['portrait', { display: { width: 544, height: 960 } }],
    ['odd', { display: { width: 853, height: 479 }, video: { pixelFormat: 'yuv444p' } }],
    ['tiny', { display: { width: 3, height: 3 } }],
    ['audioOnly', { video: null, display: null, audio: [{ codec: 'aac', sampleRateHz: 48_000 }] }],
    ['withCover', { video: null, display: null }],
    ['silent', { audio: [] }],
    ['hevc10', { video: { codec: 'hevc', codecTag: 'hvc1', pixelFormat: 'yuv420p10le' } }],
    ['hdr', { video: { transfer: 'smpte2084' } }],
    ['surround', { container: 'matroska,webm', audio: [{ codec: 'ac3', channels: 6 }] }],
    ['anamorphic', { display: { width: 512, height: 288 }, video: { width: 360 } }],
    ['interlaced', { container: 'mpeg', video: { isInterlaced: true } }],
    ['lateVideo', { video: { startSec: expect.closeTo(1, 1), durationSec: expect.closeTo(2, 1) } }],
  ];

  it.each(cases)('in the clip “%s”', async (name, expected) => {
    expect(await probeMedia(await box.clip(name), { tools })).toMatchObject(expected);
  });

  it('turns the display size with the picture', async () => {
    const info: SourceInfo = await probeMedia(await box.rotated(), { tools });
    expect(info).toMatchObject({ rotation: 90, display: { width: 360, height: 640 }, video: { width: 640 } });
  });

  it('measures the duration of a recording that does not tell it', async () => {
    const info = await probeMedia(await box.clip('liveWebm'), { tools });
    expect(info.durationSec).toBeCloseTo(2, 1);
    expect(info.video).toMatchObject({ durationSec: info.durationSec, isDurationExact: false });
    expect(info.bitrateBps).toBeGreaterThan(0);
  });
});

describe('what probeMedia refuses', () => {
  it('an empty file', async () => {
    expect(await refusal(await box.write('empty.mp4', ''))).toEqual({
      code: 'SourceFileError.ContentMalformed',
      message: 'the file is empty (0 bytes)',
    });
  });

  it.each([
    ['notes.mp4', 'Dear diary, today nothing moved.\n', 'a text file'],
    ['page.mp4', '<!DOCTYPE html><html><body>404</body></html>', 'an HTML page'],
    ['script.mp4', 'ffconcat version 1.0\nfile landscape.mp4\n', 'a concat script'],
  ])('what is only named like a video: %s', async (name, content, kind) => {
    expect(await refusal(await box.write(name, content))).toEqual({
      code: 'SourceFileError.ContentUnsupported',
      message: `not a media file: it is ${kind}`,
    });
  });

  it('a picture named like a video', async () => {
    expect(await refusal(await box.clip('png'))).toEqual({
      code: 'SourceFileError.ContentUnsupported',
      message: 'not a media file: it is a PNG image',
    });
  });

  it('a playlist that leads to another file of this machine', async () => {
    const secret = await box.clip('landscape');
    const playlist = `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile://${secret}\n#EXT-X-ENDLIST\n`;
    expect(await refusal(await box.write('playlist.mp4', playlist))).toEqual({
      code: 'SourceFileError.ContentUnsupported',
      message: 'not a media file: it is an HLS playlist',
    });
  });

  it('an upload that stopped before the index at its end', async () => {
    expect(await refusal(await box.cut('landscape', 0.5))).toEqual({
      code: 'SourceFileError.ContentMalformed',
      message: 'not a media file: moov atom not found',
    });
  });

  it('noise', async () => {
    const noise = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 97 + ((i * i) % 251)) % 256));
    expect((await refusal(await box.write('noise.mp4', noise))).code).toBe(
      'SourceFileError.ContentMalformed',
    );
  });

  it('a file that is not there', async () => {
    expect((await refusal('/nowhere/at/all.mp4')).code).toBe('InternalError');
  });

  it('to go on when it is told to stop', async () => {
    const clip = await box.clip('landscape');
    const reason = new Error('stopped');
    await expect(probeMedia(clip, { tools, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
