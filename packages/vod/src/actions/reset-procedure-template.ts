import { ApiError } from '@vodstack/protocol';
import { resolveSubAppId } from '../applications.ts';
import { parseProcedure, unsupportedProcedureTasks } from '../procedures/parse-procedure.ts';
import { updateProcedure } from '../procedures/procedure-repository.ts';
import { unsupportedTaskOptions } from '../tasks/parse-media-process.ts';
import { defineAction, type Action } from './action.ts';
import type { ResetProcedureTemplateRequest } from './request-types.ts';

/** Writes a procedure template anew, all of it (266/33898). */
export const resetProcedureTemplate: Action<ResetProcedureTemplateRequest> = defineAction({
  name: 'ResetProcedureTemplate',
  unsupported: [...unsupportedProcedureTasks, ...unsupportedTaskOptions],
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    const procedure = parseProcedure(subAppId, request);
    if (await updateProcedure(context.db, procedure)) return {};
    throw new ApiError(
      'InvalidParameter.ProcedureNameNotExist',
      `There is no procedure template of your own named ${JSON.stringify(procedure.name)}.`,
    );
  },
});
