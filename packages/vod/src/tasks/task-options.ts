import { ApiError, invalidParameterValue } from '@vodstack/protocol';
import type { NotifyMode, VodDb } from '../tables.ts';
import { countCharacters } from '../count-characters.ts';

const MAX_SESSION_ID = 50;
const MAX_SESSION_CONTEXT = 1000;
const MAX_PRIORITY = 10;

interface RequestOptions {
  readonly SessionId?: string | null | undefined;
  readonly SessionContext?: string | null | undefined;
  readonly TasksNotifyMode?: string | null | undefined;
  readonly TasksPriority?: number | null | undefined;
}

export interface TaskOptions {
  readonly sessionId: string;
  readonly sessionContext: string;
  readonly notifyMode: NotifyMode;
  readonly priority: number;
}

/** What every request that starts a task says about it. */
export function parseTaskOptions(request: RequestOptions): TaskOptions {
  const sessionId = request.SessionId || '';
  const sessionContext = request.SessionContext || '';
  assertLength('SessionId', sessionId, MAX_SESSION_ID);
  assertLength('SessionContext', sessionContext, MAX_SESSION_CONTEXT);
  return {
    sessionId,
    sessionContext,
    notifyMode: parseNotifyMode(request.TasksNotifyMode),
    priority: parsePriority(request.TasksPriority),
  };
}

/** The id of a media of this application. @throws ApiError InvalidParameterValue.FileId */
export async function requireFile(
  db: VodDb,
  subAppId: number,
  requested: string | null | undefined,
): Promise<string> {
  const fileId = requested || '';
  const media = await db
    .selectFrom('vod.media')
    .select('file_id')
    .where('file_id', '=', fileId)
    .where('sub_app_id', '=', subAppId)
    .executeTakeFirst();
  if (media) return media.file_id;
  throw invalidParameterValue(
    'FileId',
    fileId === ''
      ? 'must name the media to process.'
      : `names no media of this application: ${JSON.stringify(fileId.slice(0, 40))}.`,
  );
}

function assertLength(name: 'SessionId' | 'SessionContext', value: string, maxCharacters: number): void {
  if (countCharacters(value) <= maxCharacters) return;
  throw new ApiError(
    `InvalidParameterValue.${name}TooLong`,
    `The parameter \`${name}\` may have ${maxCharacters} characters at most, got ${countCharacters(value)}.`,
  );
}

function parseNotifyMode(mode: string | null | undefined): NotifyMode {
  if (mode === null || mode === undefined || mode === '') return 'Finish';
  if (mode === 'Finish' || mode === 'Change' || mode === 'None') return mode;
  throw invalidParameterValue(
    'TasksNotifyMode',
    `must be Finish, Change or None, got ${JSON.stringify(mode.slice(0, 40))}.`,
  );
}

function parsePriority(priority: number | null | undefined): number {
  const value = priority ?? 0;
  if (Number.isInteger(value) && Math.abs(value) <= MAX_PRIORITY) return value;
  throw invalidParameterValue(
    'TasksPriority',
    `must be an integer from -${MAX_PRIORITY} to ${MAX_PRIORITY}, got ${value}.`,
  );
}
