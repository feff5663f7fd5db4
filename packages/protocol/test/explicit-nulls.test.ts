import { expect, it } from 'vitest';
import { eventMembers, withExplicitNulls } from '../src/index.ts';

it('writes what an event leaves out as null, and changes nothing else', () => {
  const task = { Status: 'SUCCESS', Output: { Url: 'x' } };
  const content = { FileId: '1', MediaProcessResultSet: [{ Type: 'Transcode', TranscodeTask: task }] };
  const event = JSON.parse(
    withExplicitNulls(
      JSON.stringify({ EventType: 'ProcedureStateChanged', ProcedureStateChangeEvent: content }),
    ),
  ) as Record<string, unknown>;
  expect(Object.keys(event).toSorted()).toEqual(['EventType', ...Object.values(eventMembers)].toSorted());
  expect(event['FileUploadEvent']).toBeNull();
  expect(event['ProcedureStateChangeEvent']).toEqual({
    FileId: '1',
    MediaProcessResultSet: [
      {
        Type: 'Transcode',
        TranscodeTask: task,
        AnimatedGraphicTask: null,
        SnapshotByTimeOffsetTask: null,
        SampleSnapshotTask: null,
        ImageSpriteTask: null,
        CoverBySnapshotTask: null,
        AdaptiveDynamicStreamingTask: null,
      },
    ],
  });
});
