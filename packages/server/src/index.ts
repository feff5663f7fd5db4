export { actionCoverage, type ActionCoverage } from '@vodstack/vod';
export { type Check, runChecks } from './doctor.ts';
export { notWritable } from './data-folder.ts';
export { buildReceiver, type ReceiverConfig, toRecordToken } from './receiver/build-receiver.ts';
export { bundleFunction } from './receiver/bundle-function.ts';
export { type RunningServer, type ServerOptions, startServer } from './start-server.ts';
export { VERSION } from './version.ts';
export { type RunningWorker, startWorker, type WorkerOptions } from './start-worker.ts';
export { type Snapshot, startVodstack, type Vodstack, type VodstackOptions } from './start-vodstack.ts';
