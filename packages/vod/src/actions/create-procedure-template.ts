import { ApiError, findPresetProcedure } from '@vodstack/protocol';
import { resolveSubAppId } from '../applications.ts';
import { parseProcedure, unsupportedProcedureTasks } from '../procedures/parse-procedure.ts';
import { insertProcedure } from '../procedures/procedure-repository.ts';
import { unsupportedTaskOptions } from '../tasks/parse-media-process.ts';
import { defineAction, type Action } from './action.ts';
import type { CreateProcedureTemplateRequest } from './request-types.ts';

const MAX_PROCEDURES = 50;

/** Names a set of work, to be asked for by that name (266/33897). */
export const createProcedureTemplate: Action<CreateProcedureTemplateRequest> = defineAction({
  name: 'CreateProcedureTemplate',
  unsupported: [...unsupportedProcedureTasks, ...unsupportedTaskOptions],
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    const procedure = parseProcedure(subAppId, request);
    const outcome = findPresetProcedure(procedure.name)
      ? 'exists'
      : await insertProcedure(context.db, procedure, MAX_PROCEDURES);
    if (outcome === 'made') return {};
    throw outcome === 'exists'
      ? new ApiError(
          'InvalidParameter.ExistedProcedureName',
          `There is a procedure template named ${JSON.stringify(procedure.name)} already.`,
        )
      : new ApiError(
          'LimitExceeded',
          `An application may have ${MAX_PROCEDURES} procedure templates of its own: delete one first.`,
        );
  },
});
