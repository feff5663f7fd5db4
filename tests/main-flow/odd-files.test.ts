import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awaitFinishedTask, awaitRecords } from '../support/await-task.ts';
import { viewListed } from '../support/console-api.ts';
import { makeClip, probe } from '../support/make-clip.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';
import { createWorkFolder, type WorkFolder } from '../support/work-folder.ts';

let folder: WorkFolder;
let stack: Stack;

beforeAll(async () => {
  folder = await createWorkFolder();
  stack = await startStack();
});

afterAll(async () => {
  await stack?.stop();
  await folder?.remove();
});

describe('a video of an unusual shape', () => {
  it.each([
    {
      name: 'portrait',
      size: [360, 640],
      renditions: [
        [360, 640],
        [540, 960],
      ],
    },
    // 641 × 360/361 is 639.2 and 641 × 540/361 is 958.8: down to the even number.
    {
      name: 'odd',
      size: [641, 361],
      renditions: [
        [638, 360],
        [958, 540],
      ],
    },
    {
      name: 'tiny',
      size: [3, 3],
      renditions: [
        [360, 360],
        [540, 540],
      ],
    },
  ])(
    'a video that is $name gets both renditions in their documented sizes',
    async ({ name, size, renditions }) => {
      const clip = await makeClip(folder.join(`${name}.mp4`), {
        picture: `testsrc=size=${size.join('x')}:rate=30`,
        output: ['-pix_fmt', 'yuv444p'],
      });
      const { video } = await probe(clip);
      expect([video?.width, video?.height]).toEqual(size);
      expect(await renditionSizes(clip)).toEqual(renditions);
    },
  );

  it('a video that is to be turned by 90° comes out upright', async () => {
    const clip = await makeClip(folder.join('lying.mp4'), { picture: 'testsrc2=size=640x360:rate=30' });
    const turned = folder.join('turned.mp4');
    await writeFile(turned, turnRight(await readFile(clip), 360));
    expect(await renditionSizes(turned)).toEqual([
      [360, 640],
      [540, 960],
    ]);
  });

  it('a video without sound gets renditions without sound', async () => {
    const clip = await makeClip(folder.join('silent.mp4'), { sound: null });
    expect(await renditionSizes(clip)).toEqual([
      [640, 360],
      [960, 540],
    ]);
  });
});

describe('a file that cannot be transcoded', () => {
  it('a text file named .mp4 is told from a video', async () => {
    const path = folder.join('notes.mp4');
    await writeFile(path, 'These are notes and no video.\n'.repeat(100));
    expect(await outcomeOf(path)).toEqual(
      failed('SourceFileError.ContentUnsupported', /^not a media file: it is a text file$/),
    );
  });

  it('a file without a byte is called empty', async () => {
    const path = folder.join('empty.mp4');
    await writeFile(path, '');
    expect(await outcomeOf(path)).toEqual(
      failed('SourceFileError.ContentMalformed', /^the file is empty \(0 bytes\)$/),
    );
  });

  it('an MP4 that was cut off before its index cannot be read', async () => {
    const clip = await readFile(await makeClip(folder.join('whole.mp4')));
    const path = folder.join('cut.mp4');
    await writeFile(path, clip.subarray(0, clip.length / 2));
    expect(await outcomeOf(path)).toEqual(
      failed('SourceFileError.ContentMalformed', /^not a media file: moov atom not found$/),
    );
  });

  it('an MP4 that lost its second half behind the index is not passed off as whole', async () => {
    const made = await makeClip(folder.join('fast.mp4'), {
      durationSec: 4,
      output: ['-movflags', '+faststart'],
    });
    const clip = await readFile(made);
    const path = folder.join('half.mp4');
    await writeFile(path, clip.subarray(0, clip.length / 2));
    expect(await outcomeOf(path)).toEqual(failed('SourceFileError.ContentMalformed', /could be decoded/));
  });

  it('a file with nothing but sound has no video to transcode', async () => {
    const clip = await makeClip(folder.join('sound.m4a'), { picture: null });
    expect(await outcomeOf(clip)).toEqual(failed('SourceFileError.NoVideoMedia', /no video/));
  });
});

async function outcomeOf(path: string): Promise<object> {
  const { FileId } = await uploadFile(stack, path);
  const { task, media } = await awaitFinishedTask(stack.url, FileId);
  const { status, failure } = await viewListed(stack.url, FileId);
  const results = task.subtasks.map(({ definition, status: state, errCodeExt, message }) => [
    definition,
    state,
    errCodeExt,
    message,
  ]);
  return { results, events: media.events.map(({ type }) => type), listed: { status, failure } };
}

function failed(code: string, reason: RegExp): object {
  const message = expect.stringMatching(reason) as string;
  return {
    results: [
      [100010, 'FAIL', code, message],
      [100020, 'FAIL', code, message],
    ],
    events: ['NewFileUpload', 'ProcedureStateChanged'],
    listed: { status: 'Failed', failure: message },
  };
}

async function renditionSizes(path: string): Promise<(number | undefined)[][]> {
  const { FileId } = await uploadFile(stack, path);
  await awaitRecords(stack.url, FileId);
  const { task } = await awaitFinishedTask(stack.url, FileId);
  return task.subtasks.map(({ output }) => [output?.width, output?.height]);
}

/**
 * Sets the display matrix of the first track to "turn right by 90°" (ISO/IEC 14496-12, 8.3.2): what ffmpeg's own options for it
 * are called depends on its version.
 */
function turnRight(mp4: Buffer, height: number): Buffer {
  const MATRIX_OFFSET = 44;
  const matrix = Buffer.alloc(36);
  for (const [index, value] of [0, 0x10000, 0, -0x10000, 0, 0, height * 0x10000, 0, 0x40000000].entries()) {
    matrix.writeInt32BE(value, index * 4);
  }
  const copy = Buffer.from(mp4);
  matrix.copy(copy, copy.indexOf('tkhd') + MATRIX_OFFSET);
  return copy;
}
