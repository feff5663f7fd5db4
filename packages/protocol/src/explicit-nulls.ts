import { eventMembers } from './event-members.ts';

const RESULT_MEMBERS = [
  'TranscodeTask',
  'AnimatedGraphicTask',
  'SnapshotByTimeOffsetTask',
  'SampleSnapshotTask',
  'ImageSpriteTask',
  'CoverBySnapshotTask',
  'AdaptiveDynamicStreamingTask',
] as const;

/**
 * The same event with members that have no value written as null: the other `…Event` members, and those of each item of
 * `MediaProcessResultSet`, as seen in notifications of the cloud beside those that leave them out.
 */
export function withExplicitNulls(payload: string): string {
  const event = JSON.parse(payload) as Record<string, unknown>;
  const procedure = event['ProcedureStateChangeEvent'] as { MediaProcessResultSet?: object[] } | undefined;
  if (procedure?.MediaProcessResultSet) {
    procedure.MediaProcessResultSet = procedure.MediaProcessResultSet.map((result) =>
      addNulls(result, RESULT_MEMBERS),
    );
  }
  return JSON.stringify(addNulls(event, Object.values(eventMembers)));
}

function addNulls(object: object, names: readonly string[]): object {
  return {
    ...object,
    ...Object.fromEntries(names.filter((name) => !(name in object)).map((name) => [name, null])),
  };
}
