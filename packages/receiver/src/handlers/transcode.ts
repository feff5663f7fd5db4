import type {
  FileUploadTask,
  ProcessMediaRequest,
} from 'tencentcloud-sdk-nodejs-vod/tencentcloud/services/vod/v20180717/vod_models.js';
import { clipText, logLine } from '../log-line.ts';
import { objectField, textField } from '../parse/fields.ts';
import { isJsonObject } from '../parse/json.ts';
import { BadNotificationError } from '../parse/notification.ts';
import type { EventHandler, HandlerContext } from '../event-handler.ts';
import { retryWithin } from '../retry.ts';
import { isAlreadyStarted, isTransientApiError, toApiError } from '../vod/api-error.ts';
import { findRenditions } from '../vod/find-renditions.ts';
import { createVodClient, type VodClient, type VodConnection } from '../vod/client.ts';
import { transcodeSessionId } from '../vod/session-id.ts';
import { timeLeftMs } from './time-left.ts';

export interface TranscodeRule {
  /** Transcoding templates, e.g. [100010, 100020]; one task each. */
  readonly definitions: readonly number[];
  /** Absent: the account's main application. */
  readonly subAppId?: number;
  /** Part of the SessionId; change it to have files transcoded again. */
  readonly ruleVersion?: string;
  /** For the call with all its retries; 4000 by default, below the 5 s after which the cloud resends. Shortened to the platform's remaining time. */
  readonly timeoutMs?: number;
  /** Waits before the second, third … attempt; [200, 400, 800] by default. */
  readonly backoffMs?: readonly number[];
}

export type TranscodeOptions = TranscodeRule &
  ({ readonly client: VodClient } | (VodConnection & { readonly client?: undefined }));

const DEFAULT_TIMEOUT_MS = 4000;
const DEFAULT_BACKOFF_MS = [200, 400, 800];

/**
 * Handler for NewFileUpload: starts one transcode task per definition with ProcessMedia, and logs the API's response.
 * A notification that comes twice starts them once: the SessionId is made from the file, the definitions and the rule version, and the API
 * refuses a second use. Rate limits, internal and network errors are retried within the deadline; any failure is logged and rethrown.
 * Throws RangeError at once for definitions that are no template numbers.
 */
export function transcode(options: TranscodeOptions): EventHandler<FileUploadTask> {
  const rule = { ...options, definitions: readDefinitions(options.definitions) };
  const client = options.client ?? createVodClient(options);
  return async (payload, context) => {
    const fileId = readFileId(payload);
    context.log(logLine('NewFileUpload', { FileId: fileId, Name: readName(payload) }));
    await startTranscode({ client, rule, fileId, context });
  };
}

function readDefinitions(definitions: readonly number[]): readonly number[] {
  const unique = [...new Set(definitions)];
  if (unique.length > 0 && unique.every((definition) => Number.isSafeInteger(definition) && definition > 0))
    return unique;
  throw new RangeError(
    `definitions: expected template numbers such as [100010, 100020], got ${JSON.stringify(definitions)}`,
  );
}

function readFileId(payload: unknown): string {
  const fileId = textField(isJsonObject(payload) ? payload : undefined, 'FileId');
  if (fileId !== undefined) return fileId;
  throw new BadNotificationError(
    'expected FileUploadEvent.FileId, got none; check that the sender is the VOD service',
  );
}

function readName(payload: unknown): string | undefined {
  return textField(objectField(isJsonObject(payload) ? payload : undefined, 'MediaBasicInfo'), 'Name');
}

/** The API remembers a SessionId for three days: until shortly before, a repeated call starts nothing. */
const SESSION_MEMORY_MS = (3 * 24 - 1) * 3600 * 1000;

interface StartedTranscode {
  readonly taskId: string | null;
}

interface TranscodeStart {
  readonly client: VodClient;
  readonly rule: TranscodeRule;
  readonly fileId: string;
  readonly context: HandlerContext;
}

async function startTranscode(start: TranscodeStart): Promise<void> {
  const { client, rule, fileId, context } = start;
  const { delivery } = context;
  if (delivery === undefined) return void (await processMedia(start));
  const sessionId = transcodeSessionId(fileId, rule.definitions, rule.ruleVersion ?? '1');
  await delivery.effect(`ProcessMedia ${sessionId}`, () => processMedia(start), {
    repeatableForMs: SESSION_MEMORY_MS,
    findOutcome: (signal) => findRenditions({ client, rule, fileId, signal }),
  });
}

/** @returns what is worth keeping; the API does not tell the TaskId of one that was started before */
async function processMedia({ client, rule, fileId, context }: TranscodeStart): Promise<StartedTranscode> {
  const request = toProcessMediaRequest(fileId, rule);
  const title = logLine('ProcessMedia', { FileId: fileId, SessionId: request.SessionId });
  try {
    const response = await retryWithin((signal) => client.request('ProcessMedia', request, { signal }), {
      timeoutMs: timeLeftMs(context, rule.timeoutMs ?? DEFAULT_TIMEOUT_MS),
      backoffMs: rule.backoffMs ?? DEFAULT_BACKOFF_MS,
      isRetryable: isTransientApiError,
    });
    context.log(`${title} response ${clipText(JSON.stringify(response), 1000)}`);
    return { taskId: textField(isJsonObject(response) ? response : undefined, 'TaskId') ?? null };
  } catch (error) {
    const { code, message, requestId } = toApiError(error);
    if (isAlreadyStarted(error)) {
      context.log(`${title} already started by an earlier notification (${code}), nothing to do`);
      return { taskId: null };
    }
    context.log(logLine(`${title} failed`, { Code: code, Message: message, RequestId: requestId }));
    throw error;
  }
}

function toProcessMediaRequest(fileId: string, rule: TranscodeRule): ProcessMediaRequest {
  return {
    FileId: fileId,
    ...(rule.subAppId !== undefined && { SubAppId: rule.subAppId }),
    MediaProcessTask: {
      TranscodeTaskSet: rule.definitions.map((definition) => ({ Definition: definition })),
    },
    SessionId: transcodeSessionId(fileId, rule.definitions, rule.ruleVersion ?? '1'),
  };
}
