/** What a deployment needs of the bundler, without the rest of the server. */
export { buildReceiver, type ReceiverConfig, toRecordToken } from './build-receiver.ts';
export { bundleFunction } from './bundle-function.ts';
