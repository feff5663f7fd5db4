import { invalidParameter, type models } from '@vodstack/protocol';
import { assertSupported } from '../tasks/assert-supported.ts';
import { parseMediaProcessTask, toMediaProcessTask } from '../tasks/parse-media-process.ts';
import type { NewProcedure } from './procedure-repository.ts';
import { countCharacters } from '../count-characters.ts';

const MAX_NAME = 20;
const MAX_COMMENT = 256;

/** Reset's request has the same members. */
type ProcedureRequest = models.CreateProcedureTemplateRequest;

/** The work of a procedure that this server does not do. */
export const unsupportedProcedureTasks = [
  'AiContentReviewTask',
  'AiAnalysisTask',
  'AiRecognitionTaskSet',
  'AiRecognitionTask',
  'ReviewAudioVideoTask',
  'ImportMediaKnowledgeTaskSet',
] as const;

/** @throws ApiError InvalidParameter, or as parseMediaProcessTask */
export function parseProcedure(subAppId: number, request: ProcedureRequest): NewProcedure {
  const { Name: name } = request;
  const comment = request.Comment ?? '';
  const { length } = name;
  if (length < 1 || length > MAX_NAME || name.includes('\0')) {
    throw invalidParameter(`The parameter \`Name\` must have 1 to ${MAX_NAME} characters, got ${length}.`);
  }
  if (countCharacters(comment) > MAX_COMMENT) {
    throw invalidParameter(
      `The parameter \`Comment\` may have ${MAX_COMMENT} characters at most, got ${countCharacters(comment)}.`,
    );
  }
  assertSupported(Object.fromEntries(unsupportedProcedureTasks.map((task) => [task, request[task]])));
  return {
    subAppId,
    name,
    comment,
    mediaProcessTask: toMediaProcessTask(parseMediaProcessTask(request.MediaProcessTask)),
  };
}
