import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  eventMembers,
  isEventType,
  type ActionName,
  type EventContent,
  type EventMember,
  type FileUploadTask,
  type MediaMetaData,
  type models,
  type ProcedureTask,
  type PulledEvent,
  type PullUploadTask,
  type RequestOf,
  type ResponseOf,
} from '../src/index.ts';

function readIdOrType(event: EventContent): string {
  return event.EventType === 'NewFileUpload' ? event.FileUploadEvent.FileId : event.EventType;
}

describe('the types of events', () => {
  test("what we emit can be given to code that expects the SDK's types", () => {
    expectTypeOf<EventContent>().toExtend<models.EventContent>();
    expectTypeOf<PulledEvent>().toExtend<models.EventContent>();
    expectTypeOf<FileUploadTask>().toExtend<models.FileUploadTask>();
    expectTypeOf<ProcedureTask>().toExtend<models.ProcedureTask>();
    expectTypeOf<PullUploadTask>().toExtend<models.PullUploadTask>();
    expectTypeOf<MediaMetaData>().toExtend<models.MediaMetaData>();
  });

  test('the SDK has every member that the table names, and the table every member that the SDK has', () => {
    type SdkMember = Exclude<keyof models.EventContent, 'EventHandle' | 'EventType'>;
    expectTypeOf<EventMember>().toEqualTypeOf<SdkMember>();
  });

  test('the type of an event decides its member', () => {
    expect(readIdOrType({ EventType: 'FileDeleted', FileDeleteEvent: { FileIdSet: ['1'] } })).toBe(
      'FileDeleted',
    );
  });

  test('each action has the types of its request and its response', () => {
    expectTypeOf<RequestOf<'ProcessMedia'>>().toEqualTypeOf<models.ProcessMediaRequest>();
    expectTypeOf<ResponseOf<'ProcessMedia'>>().toEqualTypeOf<models.ProcessMediaResponse>();
    expectTypeOf<'PullEvents'>().toExtend<ActionName>();
  });
});

describe('the table of event members', () => {
  test('holds the irregular names', () => {
    expect(eventMembers.ProcedureStateChanged).toBe('ProcedureStateChangeEvent');
    expect(eventMembers.RemoveWatermark).toBe('RemoveWatermarkCompleteEvent');
    expect(eventMembers.CreateSnapshotByTimeOffsetComplete).toBe('SnapshotByTimeOffsetCompleteEvent');
    expect(eventMembers.ExtractBlindWatermarkComplete).toBe('ExtractBlindWatermarkComplete');
    expect(eventMembers.AigcImageTaskComplete).toBe('AigcImageCompleteEvent');
  });

  test('names no member twice', () => {
    const members = Object.values(eventMembers);
    expect(new Set(members).size).toBe(members.length);
  });

  test('knows its types and nothing that objects inherit', () => {
    expect(isEventType('NewFileUpload')).toBe(true);
    expect(isEventType('toString')).toBe(false);
    expect(isEventType('Brand New')).toBe(false);
  });
});
