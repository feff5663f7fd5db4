import { invalidParameterValue } from '@vodstack/protocol';
import { resolveSubAppId } from '../applications.ts';
import { pageByOffset } from '../paging-by-offset.ts';
import { listProcedures, type Procedure } from '../procedures/procedure-repository.ts';
import { defineAction, type Action } from './action.ts';
import type { DescribeProcedureTemplatesRequest } from './request-types.ts';

const MAX_NAMES = 100;
/** Presets have been there from the beginning; the cloud's own sample has a day of 2019. */
const PRESET_TIME = new Date('2019-01-01T00:00:00Z');

/** The preset procedures and the application's own (266/33900). */
export const describeProcedureTemplates: Action<DescribeProcedureTemplatesRequest> = defineAction({
  name: 'DescribeProcedureTemplates',
  unsupported: ['SortBy'],
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    const names = request.Names ?? [];
    const type = request.Type || undefined;
    if (names.length > MAX_NAMES) {
      throw invalidParameterValue('Names', `may have ${MAX_NAMES} names at most, got ${names.length}.`);
    }
    if (type !== undefined && type !== 'Preset' && type !== 'Custom') {
      throw invalidParameterValue(
        'Type',
        `must be Preset or Custom, got ${JSON.stringify(type.slice(0, 40))}.`,
      );
    }
    const found = (await listProcedures(context.db, subAppId)).filter(
      (procedure) =>
        (names.length === 0 || names.includes(procedure.name)) && (!type || procedure.type === type),
    );
    return {
      TotalCount: found.length,
      ProcedureTemplateSet: pageByOffset(found, request).map(toProcedureTemplate),
    };
  },
});

function toProcedureTemplate(procedure: Procedure): object {
  return {
    Name: procedure.name,
    Type: procedure.type,
    Comment: procedure.comment,
    MediaProcessTask: procedure.mediaProcessTask,
    AiContentReviewTask: null,
    AiAnalysisTask: null,
    AiRecognitionTaskSet: [],
    AiRecognitionTask: null,
    MiniProgramPublishTask: null,
    ReviewAudioVideoTask: null,
    ImportMediaKnowledgeTaskSet: [],
    CreateTime: toBeijingTime(procedure.createdAt ?? PRESET_TIME),
    UpdateTime: toBeijingTime(procedure.updatedAt ?? PRESET_TIME),
  };
}

/** Here, and nowhere else, the cloud writes times as its clocks show them. */
function toBeijingTime(time: Date): string {
  return `${new Date(time.getTime() + 8 * 3600 * 1000).toISOString().slice(0, 19)}+08:00`;
}
