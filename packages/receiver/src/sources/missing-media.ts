import { eventMembers } from '@vodstack/protocol';
import { listField, objectField, textField } from '../parse/fields.ts';
import type { JsonObject } from '../parse/json.ts';
import { ask, toTimeRange, type Reconciliation, type TimeWindow } from './reconciliation.ts';

const PAGE = 100;
/** SearchMedia shows no further (266/31813). */
const DEEPEST = 5000;
/** Those that a NewFileUpload tells of; what tasks make has events of its own. */
const SOURCES = ['Upload', 'Record', 'TrtcRecord', 'WebPageRecord'];

/** Media that were made in the window and of which no event told: NewFileUpload. @returns how many were looked at */
export async function reconcileMedia(reconciliation: Reconciliation, window: TimeWindow): Promise<number> {
  let checked = 0;
  let { after } = window;
  for (let offset = 0; ; offset += PAGE) {
    const page = await search(reconciliation, { after, before: window.before }, offset);
    checked += page.length;
    await reportMissing(reconciliation, page);
    if (page.length < PAGE) return checked;
    if (offset + 2 * PAGE <= DEEPEST) continue;
    const last = new Date(textField(objectField(page.at(-1), 'BasicInfo'), 'CreateTime') ?? '');
    // Thousands within one second would be looked at for ever.
    if (Number.isNaN(last.getTime()) || last <= after) return checked;
    after = last;
    offset = -PAGE;
  }
}

async function search(
  reconciliation: Reconciliation,
  window: TimeWindow,
  offset: number,
): Promise<readonly JsonObject[]> {
  const answer = await ask(reconciliation, 'SearchMedia', {
    CreateTime: toTimeRange(window),
    SourceTypes: SOURCES,
    Filters: ['basicInfo', 'metaData'],
    Sort: { Field: 'CreateTime', Order: 'Asc' },
    Offset: offset,
    Limit: PAGE,
  });
  return listField(answer, 'MediaInfoSet');
}

async function reportMissing(reconciliation: Reconciliation, page: readonly JsonObject[]): Promise<void> {
  const fileIds = page.flatMap((media) => textField(media, 'FileId') ?? []);
  const missing = new Set(await reconciliation.watermarks.filterUnknownFiles(fileIds));
  for (const media of page.filter((each) => missing.has(textField(each, 'FileId') ?? ''))) {
    await reconciliation.report({
      eventType: 'NewFileUpload',
      member: eventMembers.NewFileUpload,
      content: {
        FileId: media['FileId'],
        MediaBasicInfo: media['BasicInfo'],
        MetaData: media['MetaData'],
        ProcedureTaskId: '',
        ReviewAudioVideoTaskId: '',
      },
    });
  }
}
