import { eventMembers } from '@vodstack/protocol';
import { listField, objectField, textField } from '../parse/fields.ts';
import { isJsonObject, type JsonObject } from '../parse/json.ts';
import type { Notification } from '../parse/notification.ts';
import { PermanentError } from '../inbox/retry-policy.ts';
import { toApiError } from '../vod/api-error.ts';
import type { VodClient } from '../vod/client.ts';
import { taskKindOf } from '../vod/task-kinds.ts';

export interface ConfirmOptions {
  readonly client: VodClient;
  /** `sample` asks for a tenth of the events, at random. Pulled and reconciled events came from the API and are never asked for. */
  readonly mode: 'off' | 'sample' | 'always';
  /** Absent: the account's main application. */
  readonly subAppId?: number;
}

/** The API does not know what the notification tells of: it was made up, or is meant for another account. */
export class UnconfirmedEventError extends PermanentError {
  override readonly name = 'UnconfirmedEventError';
}

const SAMPLE_SHARE = 0.1;

export function isToBeConfirmed(mode: ConfirmOptions['mode'], random: number = Math.random()): boolean {
  return mode === 'always' || (mode === 'sample' && random < SAMPLE_SHARE);
}

/**
 * Asks the API about the task or the file of a notification. What a task's end is concerned, the API's own words take the place of the
 * notification's, so that no URL of a stranger is ever recorded. Events that name neither cannot be asked for and pass.
 * Throws UnconfirmedEventError, or the API's error when it could not be asked.
 */
export async function confirm(
  notification: Notification,
  { client, subAppId }: ConfirmOptions,
  signal: AbortSignal,
): Promise<Notification> {
  const { member } = notification;
  const taskId = textField(member, 'TaskId');
  const application = subAppId === undefined ? {} : { SubAppId: subAppId };
  if (taskId !== undefined) {
    const detail = await ask(client, {
      action: 'DescribeTaskDetail',
      request: { TaskId: taskId, ...application },
      signal,
    });
    return confirmTask(notification, taskId, detail);
  }
  const fileId = textField(member, 'FileId');
  if (notification.eventType !== 'NewFileUpload' || fileId === undefined) return notification;
  const request = { FileIds: [fileId], Filters: ['basicInfo'], ...application };
  const media = await ask(client, { action: 'DescribeMediaInfos', request, signal });
  if (listField(media, 'MediaInfoSet').some((each) => textField(each, 'FileId') === fileId))
    return notification;
  throw new UnconfirmedEventError(
    `expected the API to know the file ${fileId}, got none; the notification was not sent by the VOD service, or the key or the sub-application is another's`,
  );
}

function confirmTask(
  notification: Notification,
  taskId: string,
  detail: JsonObject | undefined,
): Notification {
  const { eventType, content, member } = notification;
  const known = taskKindOf(eventType);
  const task = known === undefined ? undefined : objectField(detail, known.detail);
  if (detail === undefined || (known !== undefined && task === undefined)) {
    throw new UnconfirmedEventError(
      `expected the API to know the task ${taskId} as one of ${eventType}, got none; the notification was not sent by the VOD service, or is older than three days`,
    );
  }
  if (known === undefined || task === undefined) return notification;
  if (textField(task, 'FileId') !== textField(member, 'FileId')) {
    throw new UnconfirmedEventError(
      `expected the task ${taskId} to be of the file ${String(textField(member, 'FileId'))}, got ${String(textField(task, 'FileId'))}`,
    );
  }
  return { eventType, member: task, content: { ...content, [eventMembers[known.eventType]]: task } };
}

/** @returns undefined when there is no such thing */
async function ask(
  client: VodClient,
  question: { readonly action: string; readonly request: object; readonly signal: AbortSignal },
): Promise<JsonObject | undefined> {
  try {
    const answer = await client.request(question.action, question.request, { signal: question.signal });
    return isJsonObject(answer) ? withoutNulls(answer) : undefined;
  } catch (error) {
    const { code = '' } = toApiError(error);
    if (code.startsWith('ResourceNotFound') || code.startsWith('InvalidParameterValue')) return undefined;
    throw error;
  }
}

function withoutNulls(value: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(value), (_name, member: unknown) => member ?? undefined) as JsonObject;
}
