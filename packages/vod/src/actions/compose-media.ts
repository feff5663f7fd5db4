import { ApiError } from '@vodstack/protocol';
import { resolveActiveSubAppId } from '../applications.ts';
import { createEdit } from '../edits/create-edit.ts';
import { checkComposition, checkTracks } from '../edits/parse-composition.ts';
import { assertOutput } from '../edits/parse-output.ts';
import { parseTaskOptions } from '../tasks/task-options.ts';
import { defineAction, type Action } from './action.ts';
import { assertMedia } from './edit-media.ts';
import type { ComposeMediaRequest } from './request-types.ts';

/** Lays videos, pictures and sounds over each other into a new media; ComposeMediaComplete tells (266/34123). */
export const composeMedia: Action<ComposeMediaRequest> = defineAction({
  name: 'ComposeMedia',
  unsupported: ['Output.Description'],
  async handle(context, request) {
    const subAppId = await resolveActiveSubAppId(context, request.SubAppId);
    const options = parseTaskOptions(request);
    const { Tracks, Canvas, Output } = request;
    const sources = checkTracks(Tracks);
    checkComposition(request);
    await assertOutput(context, subAppId, Output.FileName, Output);
    const [urls, fileIds] = [sources.filter(isUrl), sources.filter((name) => !isUrl(name))];
    const odd = urls.find((url) => !URL.canParse(url) || url.length > 4096);
    if (odd)
      throw new ApiError('InvalidParameter', `A source is no URL: ${JSON.stringify(odd.slice(0, 80))}.`);
    await assertMedia(context, subAppId, fileIds);
    const edit = { Tracks, Output, ...(Canvas ? { Canvas } : {}) };
    return {
      TaskId: await createEdit(context, { kind: 'ComposeMedia', subAppId, ...options, request: edit }),
    };
  },
});

function isUrl(name: string): boolean {
  return /^https?:\/\//i.test(name);
}
