export { actionCoverage, type ActionCoverage } from './actions/index.ts';
export { EVENT_STATES, type EventService } from './events/event-service.ts';
export type { Caller } from './caller.ts';
export type { VodContext } from './context.ts';
export type { AccessKey } from './keys/access-key.ts';
export type { ApiKeys, ApiKeyView } from './keys/api-keys.ts';
export { createVodService, type VodOptions, type VodService } from './service.ts';
export type { VodTables } from './tables.ts';
export type { EventView } from './views/event-view.ts';
export type { MediaDetail } from './views/media-detail.ts';
export { MEDIA_SORTS, type MediaPage, type MediaSummary } from './views/media-view.ts';
export { TASK_STATES } from './views/task-view.ts';
export type { ViewService } from './views/view-service.ts';
export { planTask, type TaskJob } from './tasks/plan-task.ts';
export { runTaskPlan } from './tasks/run-task-plan.ts';
export {
  planAdaptive,
  planTranscode,
  prepareMediaTools,
  probeKeyframes,
  probeMedia,
} from './transcode/index.ts';
export { answerUnreadableUrl } from './upload/unreadable-url.ts';
export type { WorkerIdentity } from './tasks/worker-registry.ts';
export type { WorkerView } from './views/worker-view.ts';
export { createVodWorker, type VodWorker } from './vod-worker.ts';
export { followServer, type ServerFollower } from './tasks/server-record.ts';
