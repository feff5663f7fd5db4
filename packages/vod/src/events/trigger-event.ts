import { ApiError, type EventType, sampleEvent } from '@vodstack/protocol';
import type { VodContext } from '../context.ts';
import { newTaskId } from '../ids.ts';
import { toBasicInfo } from '../media/media-info.ts';
import { findMedia } from '../media/media-repository.ts';
import { findTakers } from './endpoints/dispatch-event.ts';
import { readEventConfig } from './event-config.ts';
import { insertEvent } from './outbox.ts';
import { assertEndpointOf } from './replay-events.ts';

export interface TriggerRequest {
  readonly subAppId: number;
  readonly type: EventType;
  /** A media of the application, whose own data a NewFileUpload then carries; without it the event tells of none that exists. */
  readonly fileId?: string | undefined;
  /** Members to change in the message, by their dotted paths, e.g. `FileUploadEvent.MediaBasicInfo.Name`. */
  readonly set?: Readonly<Record<string, unknown>> | undefined;
  /** To this endpoint alone, whatever it takes otherwise. */
  readonly endpointId?: number | undefined;
}

const NO_FILE = '5285890784246869930';

/**
 * Sends an event that nothing has caused, to try a receiver: as the cloud would send it, whatever the switches say.
 * @returns its id
 * @throws ApiError for an unknown media or endpoint, and for a path that leads nowhere
 */
export async function triggerEvent(context: VodContext, request: TriggerRequest): Promise<number> {
  const fileId = request.fileId ?? NO_FILE;
  const message = parseMessage(
    sampleEvent(request.type, {
      fileId,
      taskId: newTaskId(request.subAppId),
      baseUrl: `${context.publicUrl()}/sample`,
      at: context.clock(),
    }),
  );
  if (request.fileId !== undefined) await describeFile(context, request.subAppId, request.fileId, message);
  for (const [path, value] of Object.entries(request.set ?? {})) setMember(message, path, value);
  const { subAppId, type, endpointId } = request;
  const event = { subAppId, fileId, type, payload: JSON.stringify(message) };
  return await context.db.transaction().execute(async (tx) => {
    const config = await readEventConfig(tx, subAppId);
    if (endpointId !== undefined) {
      await assertEndpointOf(tx, subAppId, endpointId);
      return await insertEvent(tx, event, { config, endpointIds: [endpointId], isOff: true });
    }
    return await insertEvent(tx, event, { config, endpointIds: await findTakers(tx, event) });
  });
}

type Message = Record<string, unknown>;

function parseMessage(text: string): Message {
  return JSON.parse(text) as Message;
}

async function describeFile(
  context: VodContext,
  subAppId: number,
  fileId: string,
  message: Message,
): Promise<void> {
  const found = (await findMedia(context.db, subAppId, [fileId])).get(fileId);
  if (!found) throw new ApiError('InvalidParameterValue.FileId', `There is no media ${fileId}.`);
  if (!isObject(message['FileUploadEvent'])) return;
  message['FileUploadEvent']['MediaBasicInfo'] = toBasicInfo(found, context.publicUrl());
  if (found.media.meta_data) message['FileUploadEvent']['MetaData'] = found.media.meta_data;
}

/** Members on the way are made where they are missing; what is there and is no object or list is an error. */
function setMember(message: Message, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let at: Message = message;
  for (const name of names) at = enter(at, name, path);
  assertName(last, path);
  at[last] = value;
}

function enter(at: Message, name: string, path: string): Message {
  assertName(name, path);
  if (!Object.hasOwn(at, name)) at[name] = {};
  const next = at[name];
  if (isObject(next)) return next;
  throw new ApiError(
    'InvalidParameterValue',
    `The path ${JSON.stringify(path)} leads through a plain value.`,
  );
}

function assertName(name: string, path: string): void {
  if (/^\w{1,64}$/.test(name) && name !== '__proto__') return;
  throw new ApiError(
    'InvalidParameterValue',
    `${JSON.stringify(path.slice(0, 200))} is no path: names of members, with dots between them, are expected.`,
  );
}

function isObject(value: unknown): value is Message {
  return typeof value === 'object' && value !== null;
}
