export type { Caller } from './caller.ts';
export type { VodContext } from './context.ts';
export { createVodService, type VodOptions, type VodService } from './service.ts';
export type { VodTables } from './tables.ts';
export type { MediaDetail } from './views/media-detail.ts';
export type { MediaPage, MediaSummary } from './views/media-view.ts';
export { planTranscode, prepareMediaTools, probeMedia } from './transcode/index.ts';
export { answerUnreadableUrl } from './upload/unreadable-url.ts';
