import { listField, numberField, objectField } from '../parse/fields.ts';
import { isJsonObject } from '../parse/json.ts';
import type { VodClient } from './client.ts';

/**
 * Whether a file has renditions of all these templates, by DescribeMediaInfos: how to find out, days later, that a transcode was started.
 * @returns undefined when one is missing
 */
export async function findRenditions(question: {
  readonly client: VodClient;
  readonly rule: { readonly definitions: readonly number[]; readonly subAppId?: number };
  readonly fileId: string;
  readonly signal: AbortSignal;
}): Promise<{ readonly taskId: null } | undefined> {
  const { client, rule, fileId, signal } = question;
  const request = {
    FileIds: [fileId],
    Filters: ['transcodeInfo'],
    ...(rule.subAppId !== undefined && { SubAppId: rule.subAppId }),
  };
  const response = await client.request('DescribeMediaInfos', request, { signal });
  const [media] = listField(isJsonObject(response) ? response : undefined, 'MediaInfoSet');
  const renditions = listField(objectField(media, 'TranscodeInfo'), 'TranscodeSet');
  const present = new Set(renditions.map((item) => numberField(item, 'Definition')));
  return rule.definitions.every((definition) => present.has(definition)) ? { taskId: null } : undefined;
}
