import { describe, expect, it } from 'vitest';
import type { MediaProcessResult } from '../../src/transcode/media-process.ts';
import { describeRunFailure, findMachineTrouble, stripPaths } from '../../src/transcode/run-failure.ts';
import { createTextTail } from '../../src/transcode/text-tail.ts';

function ended(stderr: string[], changes: Partial<MediaProcessResult> = {}): MediaProcessResult {
  return { exitCode: 1, signal: undefined, startError: '', stderr, ...changes };
}

describe('describeRunFailure', () => {
  it('recognises a full disk among the muxer’s complaints', () => {
    // As ffmpeg 5.1 wrote it on a file system of 300 kB.
    const stderr = [
      '[tee @ 0x562750196580] Slave muxer #1 failed: No space left on device, continuing with 1/2 slaves.',
      '[tee @ 0x562750196580] All tee outputs failed.',
      'av_interleaved_write_frame(): No space left on device',
    ];
    expect(describeRunFailure(ended(stderr), [])).toMatchObject({
      errCodeExt: 'InternalError',
      message: 'no space left on the disk',
    });
  });

  it.each([
    ['x264 [error]: malloc of size 2029952 failed', 'InternalError', 'memory'],
    ['[h264 @ 0x1] get_buffer() failed', 'InternalError', 'memory'],
    ['Decoder (codec av1) not found for input stream #0:0', 'SourceFileError.ContentUnsupported', 'av1'],
    [
      'Error while decoding stream #0:0: Invalid data found when processing input',
      'SourceFileError.ContentMalformed',
      'decoded',
    ],
    ['something never seen before', 'InternalError', 'exit code 1'],
  ])('gives “%s” a documented code', (line, errCodeExt, part) => {
    const failure = describeRunFailure(ended([line]), []);
    expect(failure.errCodeExt).toBe(errCodeExt);
    expect(failure.message).toContain(part);
  });

  it('names the signal of a process that was killed', () => {
    const failure = describeRunFailure(ended([], { exitCode: undefined, signal: 'SIGKILL' }), []);
    expect(failure.message).toBe('ffmpeg failed (signal SIGKILL): without a message');
  });
});

describe('findMachineTrouble', () => {
  it('sees a full disk behind exit code 0, but not a broken source', () => {
    expect(findMachineTrouble(ended(['x: No space left on device'], { exitCode: 0 }))?.message).toContain(
      'disk',
    );
    expect(findMachineTrouble(ended(['Invalid data found'], { exitCode: 0 }))).toBeNull();
  });
});

describe('stripPaths', () => {
  it.each([
    ['file:/srv/vod/blobs/ab/cd: Invalid data', 'cd: Invalid data'],
    ['[mov,mp4 @ 0x55a1] /tmp/run-1/v.f100010.mp4: error', 'v.f100010.mp4: error'],
    ['stream 1, offset 0x5f84d: partial file', 'stream 1, offset 0x5f84d: partial file'],
  ])('leaves nothing of the machine in “%s”', (line, stripped) => {
    expect(stripPaths(line, [])).toBe(stripped);
  });

  it('strips known folders with unusual characters', () => {
    expect(stripPaths('cannot open /srv/my vídeos/a b.mp4', ['/srv/my vídeos/a b.mp4'])).toBe(
      'cannot open a b.mp4',
    );
  });
});

describe('the tail of a text', () => {
  it('keeps the last lines, joined across pieces', () => {
    const tail = createTextTail(2);
    for (const piece of ['one\ntw', 'o\n\nthr', 'ee']) tail.push(piece);
    expect(tail.lines()).toEqual(['two', 'three']);
  });

  it('stays small when no line ever ends', () => {
    const tail = createTextTail(2);
    for (let i = 0; i < 100; i += 1) tail.push('x'.repeat(1000));
    expect(tail.lines().join('').length).toBeLessThanOrEqual(2000);
  });
});
