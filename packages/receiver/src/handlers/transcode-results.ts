import { listField, numberField, objectField, textField } from '../parse/fields.ts';
import type { JsonObject } from '../parse/json.ts';
import type { TranscodeOutput } from '../stores/output-store.ts';

/** One subtask of type Transcode: its output, or why there is none. */
export type TranscodeResult =
  | { readonly succeeded: true; readonly output: TranscodeOutput }
  | { readonly succeeded: false; readonly failure: TranscodeFailure };

export interface TranscodeFailure {
  readonly definition: number | undefined;
  readonly status: string | undefined;
  readonly errCode: number | undefined;
  readonly errCodeExt: string | undefined;
  readonly message: string | undefined;
}

/** The file and the task that a ProcedureStateChangeEvent is about. */
export interface ProcedureIdentity {
  readonly fileId: string;
  readonly taskId: string;
}

/** The transcode results among a procedure's results; other kinds (covers, sprites, adaptive streams) are left out. */
export function readTranscodeResults(
  procedure: JsonObject,
  identity: ProcedureIdentity,
): readonly TranscodeResult[] {
  return listField(procedure, 'MediaProcessResultSet').flatMap((result) => {
    const task = objectField(result, 'TranscodeTask');
    return task === undefined ? [] : [readTranscodeResult(task, identity)];
  });
}

function readTranscodeResult(task: JsonObject, identity: ProcedureIdentity): TranscodeResult {
  const output = objectField(task, 'Output');
  // Real payloads have carried Definition 0 in the output, so the input's number comes first.
  const definition =
    numberField(objectField(task, 'Input'), 'Definition') ?? numberField(output, 'Definition');
  const url = textField(output, 'Url');
  const isComplete = textField(task, 'Status') === 'SUCCESS' && output !== undefined;
  if (isComplete && url !== undefined && definition !== undefined) {
    return { succeeded: true, output: { ...identity, definition, url, ...readProperties(output) } };
  }
  return { succeeded: false, failure: readFailure(task, definition) };
}

function readProperties(
  output: JsonObject,
): Omit<TranscodeOutput, 'fileId' | 'taskId' | 'definition' | 'url'> {
  return {
    sizeBytes: numberField(output, 'Size') ?? null,
    md5: textField(output, 'Md5') ?? null,
    width: numberField(output, 'Width') ?? null,
    height: numberField(output, 'Height') ?? null,
    bitrateBps: numberField(output, 'Bitrate') ?? null,
    durationSec: numberField(output, 'Duration') ?? null,
  };
}

function readFailure(task: JsonObject, definition: number | undefined): TranscodeFailure {
  const status = textField(task, 'Status');
  return {
    definition,
    status,
    errCode: numberField(task, 'ErrCode'),
    errCodeExt: textField(task, 'ErrCodeExt'),
    message: status === 'SUCCESS' ? 'the result carries no Url' : textField(task, 'Message'),
  };
}
