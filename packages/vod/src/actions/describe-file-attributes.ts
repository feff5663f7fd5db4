import { resolveActiveSubAppId } from '../applications.ts';
import { createEdit } from '../edits/create-edit.ts';
import { parseTaskOptions, requireFile } from '../tasks/task-options.ts';
import { defineAction, type Action } from './action.ts';
import type { DescribeFileAttributesRequest } from './request-types.ts';

/** Reads a file's digests; DescribeFileAttributesComplete tells them. */
export const describeFileAttributes: Action<DescribeFileAttributesRequest> = defineAction({
  name: 'DescribeFileAttributes',
  unsupported: ['ExtInfo'],
  async handle(context, request) {
    const subAppId = await resolveActiveSubAppId(context, request.SubAppId);
    const options = parseTaskOptions(request);
    const FileId = await requireFile(context.db, subAppId, request.FileId);
    const kind = 'DescribeFileAttributesTask';
    return { TaskId: await createEdit(context, { kind, subAppId, ...options, request: { FileId } }) };
  },
});
