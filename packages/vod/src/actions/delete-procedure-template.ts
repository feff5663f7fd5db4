import { invalidParameter } from '@vodstack/protocol';
import { resolveSubAppId } from '../applications.ts';
import { deleteProcedure } from '../procedures/procedure-repository.ts';
import { defineAction, type Action } from './action.ts';
import type { DeleteProcedureTemplateRequest } from './request-types.ts';

/** Deletes a procedure template; tasks that it started go on (266/33899). */
export const deleteProcedureTemplate: Action<DeleteProcedureTemplateRequest> = defineAction({
  name: 'DeleteProcedureTemplate',
  async handle(context, request) {
    const subAppId = await resolveSubAppId(context, request.SubAppId);
    const { Name: name } = request;
    // U+0000 is the one character that PostgreSQL does not take.
    if (!name.includes('\0') && (await deleteProcedure(context.db, subAppId, name))) return {};
    throw invalidParameter(
      `The parameter \`Name\` names no procedure template of your own: ${JSON.stringify(name.slice(0, 40))}.`,
    );
  },
});
