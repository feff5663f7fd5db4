export { toFetchHandler } from './adapters/fetch.ts';
export { toNodeHandler, type HttpAdapterOptions } from './adapters/node.ts';
export { toScfHandler, type ScfResponse } from './adapters/scf.ts';
export type { EventPayload } from './event-payload.ts';
export { functionEntry } from './function-entry.ts';
export { ConfigError, parseFunctionConfig, type FunctionConfig } from './function/config.ts';
export { recordOutputs, type RecordOptions } from './handlers/record-outputs.ts';
export { transcode, type TranscodeOptions, type TranscodeRule } from './handlers/transcode.ts';
export { EffectBusyError, UncertainEffectError, type Effect, type EffectOptions } from './effects/effect.ts';
export { createReceiverPool } from './inbox/create-pool.ts';
export { PgInbox } from './inbox/pg-inbox.ts';
export { createDurableReceiver } from './inbox/durable-receiver.ts';
export type { DurableReceiver, DurableReceiverOptions } from './inbox/durable-receiver-options.ts';
export type { EventSource } from './inbox/arrival.ts';
export type { DeadLetter, InboxState, RedriveFilter } from './inbox/inbox.ts';
export type { PullOptions, PullState } from './sources/pull-loop.ts';
export type { ReconcileOptions, ReconcileReport } from './sources/reconciler.ts';
export { UnconfirmedEventError, type ConfirmOptions } from './trust/confirm.ts';
export { PermanentError, type RetryPolicy } from './inbox/retry-policy.ts';
export { isJsonObject, type JsonObject } from './parse/json.ts';
export {
  BadNotificationError,
  MAX_BODY_BYTES,
  type Notification,
  type RawBody,
} from './parse/notification.ts';
export type { EventDelivery, EventHandler, EventHandlers, HandlerContext } from './event-handler.ts';
export {
  createReceiver,
  type ReceiveMeta,
  type ReceiveResult,
  type Receiver,
  type ReceiverOptions,
} from './receiver.ts';
export { DeadlineError } from './retry.ts';
export {
  HttpOutputStore,
  RecordRefusedError,
  type HttpOutputStoreOptions,
} from './stores/http-output-store.ts';
export type { OutputStore, RecordLimits, TranscodeOutput } from './stores/output-store.ts';
export { PgOutputStore, type OutputTable, type ReceiverTables } from './stores/pg-output-store.ts';
export { migrateReceiver } from './stores/migrate-receiver.ts';
export { receiverMigrations, type ReceiverMigration } from './stores/receiver-migrations.ts';
export { createVodClient, type VodClient, type VodConnection } from './vod/client.ts';
export { transcodeSessionId } from './vod/session-id.ts';
