import { ApiError } from '@vodstack/protocol';
import { resolveActiveSubAppId } from '../applications.ts';
import { createTask } from '../tasks/create-task.ts';
import type { NotifyMode } from '../tables.ts';
import { type ActionContext, defineAction, type Action } from './action.ts';
import type { ProcessMediaRequest } from './request-types.ts';

const MAX_SESSION_ID = 50;
const MAX_SESSION_CONTEXT = 1000;
const MAX_PRIORITY = 10;
/** Ours: one request cannot ask for more renditions than there are templates in the cloud. */
const MAX_TRANSCODES = 100;

/** Starts processing a media; the outcome is told by ProcedureStateChanged (266/33427). */
export const processMedia: Action<ProcessMediaRequest> = defineAction({
  name: 'ProcessMedia',
  async handle(context, request) {
    const subAppId = await resolveActiveSubAppId(context, request.SubAppId);
    const sessionId = request.SessionId || '';
    const sessionContext = request.SessionContext || '';
    assertLength('SessionId', sessionId, MAX_SESSION_ID);
    assertLength('SessionContext', sessionContext, MAX_SESSION_CONTEXT);
    const transcodes = parseTranscodes(request);
    const taskId = await createTask(context, {
      subAppId,
      fileId: await requireFile(context, subAppId, request),
      sessionId,
      sessionContext,
      notifyMode: parseNotifyMode(request.TasksNotifyMode),
      priority: parsePriority(request.TasksPriority),
      transcodes,
    });
    return { TaskId: taskId };
  },
});

async function requireFile(
  context: ActionContext,
  subAppId: number,
  request: ProcessMediaRequest,
): Promise<string> {
  const fileId = request.FileId || '';
  const media = await context.db
    .selectFrom('vod.media')
    .select('file_id')
    .where('file_id', '=', fileId)
    .where('sub_app_id', '=', subAppId)
    .executeTakeFirst();
  if (media) return media.file_id;
  throw new ApiError(
    'InvalidParameterValue.FileId',
    fileId === ''
      ? 'The parameter `FileId` must name the media to process.'
      : `The parameter \`FileId\` names no media of this application: ${JSON.stringify(fileId.slice(0, 40))}.`,
  );
}

function assertLength(name: 'SessionId' | 'SessionContext', value: string, maxCharacters: number): void {
  if (value.length <= maxCharacters) return;
  throw new ApiError(
    `InvalidParameterValue.${name}TooLong`,
    `The parameter \`${name}\` may have ${maxCharacters} characters at most, got ${value.length}.`,
  );
}

function parseTranscodes(
  request: ProcessMediaRequest,
): { definition: number; input: Record<string, unknown> }[] {
  const { TranscodeTaskSet, ...others } = request.MediaProcessTask ?? {};
  assertSupported(others, 'MediaProcessTask.');
  assertSupported(pickOtherWork(request));
  const inputs = TranscodeTaskSet ?? [];
  if (inputs.length === 0 || inputs.length > MAX_TRANSCODES) {
    throw new ApiError(
      'InvalidParameterValue',
      `The parameter \`MediaProcessTask.TranscodeTaskSet\` must have 1 to ${MAX_TRANSCODES} entries, got ${inputs.length}.`,
    );
  }
  return inputs.map((input, index) => {
    const { Definition: definition, ...options } = input;
    assertSupported(options, `MediaProcessTask.TranscodeTaskSet.${index}.`);
    if (!Number.isSafeInteger(definition) || definition < 0 || definition > 2_147_483_647) {
      throw new ApiError(
        'InvalidParameterValue',
        `The parameter \`MediaProcessTask.TranscodeTaskSet.${index}.Definition\` must be a template's id, got ${definition}.`,
      );
    }
    return { definition, input: toInput(definition) };
  });
}

function pickOtherWork(request: ProcessMediaRequest): Record<string, unknown> {
  const { AiContentReviewTask, AiAnalysisTask, AiRecognitionTask, Url, OutputAsIndependentMedia } = request;
  return { AiContentReviewTask, AiAnalysisTask, AiRecognitionTask, Url, OutputAsIndependentMedia };
}

/** Work that this server cannot do yet is refused at once: a caller must not wait for what never comes. */
function assertSupported(fields: Record<string, unknown>, prefix = ''): void {
  const asked = Object.entries(fields).find(([, value]) => isAskingForWork(value));
  if (!asked) return;
  throw new ApiError(
    'UnsupportedOperation',
    `The parameter \`${prefix}${asked[0]}\` asks for work that this server does not support.`,
  );
}

/** Zeroes, empty texts and empty lists are how clients and the cloud's samples write "nothing of this". */
function isAskingForWork(value: unknown): boolean {
  if (value === null || value === undefined || value === 0 || value === '' || value === 'OFF') return false;
  return typeof value === 'object' ? Object.values(value).some(isAskingForWork) : true;
}

/** `TranscodeTaskInput` as the results repeat it. */
function toInput(definition: number): Record<string, unknown> {
  return {
    Definition: definition,
    WatermarkSet: [],
    TraceWatermark: { Switch: '' },
    CopyRightWatermark: { Text: '' },
    MosaicSet: [],
    HeadTailSet: [],
    StartTimeOffset: 0,
    EndTimeOffset: 0,
  };
}

function parseNotifyMode(mode: string | null | undefined): NotifyMode {
  if (mode === null || mode === undefined || mode === '') return 'Finish';
  if (mode === 'Finish' || mode === 'Change' || mode === 'None') return mode;
  throw new ApiError(
    'InvalidParameterValue',
    `The parameter \`TasksNotifyMode\` must be Finish, Change or None, got ${JSON.stringify(mode.slice(0, 40))}.`,
  );
}

function parsePriority(priority: number | null | undefined): number {
  const value = priority ?? 0;
  if (Number.isInteger(value) && Math.abs(value) <= MAX_PRIORITY) return value;
  throw new ApiError(
    'InvalidParameterValue',
    `The parameter \`TasksPriority\` must be an integer from -${MAX_PRIORITY} to ${MAX_PRIORITY}, got ${value}.`,
  );
}
