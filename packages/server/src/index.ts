export { actionCoverage, type ActionCoverage } from '@vodstack/vod';
export { notWritable } from './data-folder.ts';
export { type RunningServer, type ServerOptions, startServer } from './start-server.ts';
export { VERSION } from './version.ts';
export { type RunningWorker, startWorker, type WorkerOptions } from './start-worker.ts';
