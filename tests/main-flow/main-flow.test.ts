import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awaitRecords } from '../support/await-task.ts';
import { type MediaView, readReceiverLog, viewMedia } from '../support/console-api.ts';
import { download } from '../support/download.ts';
import { eventually } from '../support/eventually.ts';
import { probe } from '../support/make-clip.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { uploadFile } from '../support/upload.ts';
import { createWorkFolder, type WorkFolder } from '../support/work-folder.ts';

const CLIP = fileURLToPath(new URL('fixtures/clip.mp4', import.meta.url));

describe('from an upload to the recorded URLs', () => {
  let folder: WorkFolder;
  let stack: Stack;
  let fileId: string;
  let media: MediaView;

  beforeAll(async () => {
    folder = await createWorkFolder();
    stack = await startStack();
    ({ FileId: fileId } = await uploadFile(stack, CLIP, { MediaName: 'a short clip' }));
    media = await awaitRecords(stack.url, fileId);
  });

  afterAll(async () => {
    await stack?.stop();
    await folder?.remove();
  });

  it('each of both renditions is recorded once', () => {
    expect(media.records.map(({ definition, timesSeen }) => ({ definition, timesSeen }))).toEqual([
      { definition: 100010, timesSeen: 1 },
      { definition: 100020, timesSeen: 1 },
    ]);
  });

  it('the upload and the end of the task are reported once each, in this order, and delivered', async () => {
    // The delivery is recorded a moment after the receiver's own record.
    const { events } = await eventually('both events are delivered', async () => {
      const view = await viewMedia(stack.url, fileId);
      return view.events.every(({ state }) => state === 'delivered') && view;
    });
    expect(events.map(({ type }) => type)).toEqual(['NewFileUpload', 'ProcedureStateChanged']);
  });

  it('one task was started, and both of its sub-tasks succeeded', async () => {
    const { TaskSet = [] } = await stack.client.DescribeTasks({ FileId: fileId });
    expect(TaskSet).toHaveLength(1);
    const task = await stack.client.DescribeTaskDetail({ TaskId: TaskSet[0]?.TaskId ?? '' });
    const results = task.ProcedureTask?.MediaProcessResultSet ?? [];
    expect(task.Status).toBe('FINISH');
    expect(
      results.map(({ TranscodeTask }) => [TranscodeTask?.Input?.Definition, TranscodeTask?.Status]),
    ).toEqual([
      [100010, 'SUCCESS'],
      [100020, 'SUCCESS'],
    ]);
  });

  it('the media is Normal and the API tells the same URLs as the record', async () => {
    const { MediaInfoSet = [] } = await stack.client.DescribeMediaInfos({ FileIds: [fileId] });
    const set = MediaInfoSet[0]?.TranscodeInfo?.TranscodeSet ?? [];
    const renditions = set.filter(({ Definition }) => Definition !== 0);
    expect(renditions.map(({ Definition, Url }) => ({ definition: Definition, url: Url }))).toEqual(
      media.records.map(({ definition, url }) => ({ definition, url })),
    );
    expect(media.status).toBe('Normal');
    expect(media.failure).toBeNull();
  });

  it('the function’s log contains both URLs, and no warning of its runtime', async () => {
    const log = await readReceiverLog(stack.url);
    for (const { url } of media.records) expect(log).toContain(`Url=${url}`);
    expect(log).toContain(`NewFileUpload FileId=${fileId}`);
    expect(log).not.toMatch(/DeprecationWarning|DEP0/);
  });

  it.each([
    { definition: 100010, width: 640, height: 360 },
    { definition: 100020, width: 960, height: 540 },
  ])('the rendition $definition is $width×$height H.264 at 25 fps with AAC sound', async (expected) => {
    const output = media.tasks[0]?.subtasks.find(
      ({ definition }) => definition === expected.definition,
    )?.output;
    const file = await download(output?.url ?? '');
    expect({ md5: file.md5, sizeBytes: file.bytes.length }).toEqual({
      md5: output?.md5,
      sizeBytes: output?.sizeBytes,
    });
    const probed = await probe(await file.saveTo(folder.join(`${expected.definition}.mp4`)));
    expect(probed.video).toMatchObject({
      codec_name: 'h264',
      width: expected.width,
      height: expected.height,
      avg_frame_rate: '25/1',
    });
    expect(probed.audio).toMatchObject({ codec_name: 'aac', sample_rate: '44100' });
    expect(probed.durationSec).toBeCloseTo(2.5, 0);
  });

  it('a player may ask for a range, and gets these bytes and no others', async () => {
    const [record] = media.records;
    const whole = await download(record?.url ?? '');
    const part = await fetch(record?.url ?? '', { headers: { range: 'bytes=100-1099' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 100-1099/${whole.bytes.length}`);
    expect(part.headers.get('content-type')).toBe('video/mp4');
    expect(Buffer.from(await part.arrayBuffer()).equals(whole.bytes.subarray(100, 1100))).toBe(true);
  });

  it('the source is served as it was uploaded', async () => {
    const { MediaInfoSet = [] } = await stack.client.DescribeMediaInfos({ FileIds: [fileId] });
    const source = await download(media.mediaUrl);
    expect(MediaInfoSet[0]?.MetaData?.Md5).toBe(source.md5);
    expect(MediaInfoSet[0]?.BasicInfo?.Name).toBe('a short clip');
  });
});
