import type { ProcedureTask } from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_models.js';
import { logLine } from '../log-line.ts';
import { numberField, textField } from '../parse/fields.ts';
import { isJsonObject, type JsonObject } from '../parse/json.ts';
import { BadNotificationError } from '../parse/notification.ts';
import type { EventHandler, HandlerContext } from '../event-handler.ts';
import type { OutputStore, TranscodeOutput } from '../stores/output-store.ts';
import { timeLeftMs } from './time-left.ts';
import { readTranscodeResults, type ProcedureIdentity, type TranscodeResult } from './transcode-results.ts';

/** The cloud sends again after 5 s without an answer. */
const RECORD_TIMEOUT_MS = 4500;

const TELL_TIMEOUT_MS = 30_000;

export interface RecordOptions {
  /** Called with each output once it is recorded; at least once, so repeating it must do no harm. A rejection fails the event. */
  readonly onOutput?: (output: TranscodeOutput, signal?: AbortSignal) => Promise<void>;
}

/**
 * Handler for ProcedureStateChanged: when the task has finished, logs one line per transcode result (URL or error) and records the outputs.
 * Snapshots of a running task (TasksNotifyMode Change) are only logged. Without a store the log is the record.
 * A store that fails is logged and the error rethrown, so that the sender may send the notification again.
 */
export function recordOutputs(store?: OutputStore, options: RecordOptions = {}): EventHandler<ProcedureTask> {
  return async (payload, context) => {
    const procedure: JsonObject = isJsonObject(payload) ? payload : {};
    const identity = readIdentity(procedure);
    const results = readTranscodeResults(procedure, identity);
    context.log(describeProcedure(procedure, identity, results.length));
    if (textField(procedure, 'Status') !== 'FINISH') return;
    for (const result of results) context.log(describeResult(result, identity));
    await record(store, results, { identity, context });
    if (options.onOutput !== undefined) await tellOthers(results, options.onOutput, context);
  };
}

/** Where there is an inbox, an output that was told is not told again when a later one fails and the event is tried again. */
async function tellOthers(
  results: readonly TranscodeResult[],
  onOutput: NonNullable<RecordOptions['onOutput']>,
  context: HandlerContext,
): Promise<void> {
  for (const { output } of results.filter((result) => result.succeeded)) {
    const tell = async (signal?: AbortSignal): Promise<void> => onOutput(output, signal);
    const key = `onOutput ${output.fileId} ${output.definition} ${output.taskId}`;
    if (context.delivery === undefined) await tell();
    else await context.delivery.effect(key, tell, { repeatableForMs: Infinity, timeoutMs: TELL_TIMEOUT_MS });
  }
}

function readIdentity(procedure: JsonObject): ProcedureIdentity {
  const fileId = textField(procedure, 'FileId');
  const taskId = textField(procedure, 'TaskId');
  if (fileId !== undefined && taskId !== undefined) return { fileId, taskId };
  const missing = fileId === undefined ? 'FileId' : 'TaskId';
  throw new BadNotificationError(
    `expected ProcedureStateChangeEvent.${missing}, got none; check that the sender is the VOD service`,
  );
}

function describeProcedure(
  procedure: JsonObject,
  { fileId, taskId }: ProcedureIdentity,
  transcodes: number,
): string {
  const errCode = numberField(procedure, 'ErrCode') ?? 0;
  return logLine('ProcedureStateChanged', {
    FileId: fileId,
    TaskId: taskId,
    Status: textField(procedure, 'Status'),
    Transcodes: transcodes,
    ErrCode: errCode === 0 ? undefined : errCode,
    Message: errCode === 0 ? undefined : textField(procedure, 'Message'),
  });
}

function describeResult(result: TranscodeResult, { fileId }: ProcedureIdentity): string {
  if (result.succeeded) {
    const { definition, url } = result.output;
    return logLine('Transcode', { FileId: fileId, Definition: definition, Status: 'SUCCESS', Url: url });
  }
  const { definition, status, errCode, errCodeExt, message } = result.failure;
  return logLine('Transcode', {
    FileId: fileId,
    Definition: definition,
    Status: status,
    ErrCode: errCode,
    ErrCodeExt: errCodeExt,
    Message: message,
  });
}

async function record(
  store: OutputStore | undefined,
  results: readonly TranscodeResult[],
  { identity, context }: { identity: ProcedureIdentity; context: HandlerContext },
): Promise<void> {
  const outputs = results.flatMap((result) => (result.succeeded ? [result.output] : []));
  if (store === undefined || outputs.length === 0) return;
  try {
    await store.record(outputs, { timeoutMs: timeLeftMs(context, RECORD_TIMEOUT_MS) });
    context.log(
      logLine('Recorded', { FileId: identity.fileId, TaskId: identity.taskId, Outputs: outputs.length }),
    );
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    context.log(
      logLine('Record failed', { FileId: identity.fileId, TaskId: identity.taskId, Message: message }),
    );
    throw error;
  }
}
