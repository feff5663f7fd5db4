export { type CodeFiles } from './code-files.ts';
export type { CodeFileText, CodeView } from './code-view.ts';
export { type FunctionConfig } from './function-config.ts';
export { FunctionError, type FunctionErrorCode } from './function-error.ts';
export { createFunctionService } from './local-function-service.ts';
export {
  type DeployRequest,
  type FunctionInfo,
  type FunctionService,
  type FunctionServiceOptions,
} from './function-service.ts';
export { type DeployedFunction } from './function-store.ts';
export type { InvocationMetrics } from './invocation-metrics.ts';
export { RET_CODE, type InvocationRecord, type LogQuery } from './invocation-store.ts';
export { type InvokeRequest, type InvokeResult } from './invoker.ts';
export { functionMigrations } from './migrations.ts';
export type { DeadLetter } from './async/async-store.ts';
export type { GatewayPort, GatewayTrigger } from './gateway-port.ts';
export { UnknownActionError } from './actions/call-action.ts';
export type { FunctionUrl } from './triggers/function-url.ts';
export type { LaunchExtras } from './runtime/launch-place.ts';
export { inspectRuntime, type RuntimeInspection } from './runtime/inspect-runtime.ts';
export type { WebAnswer, WebRequest } from './web-invoker.ts';
export { findInterpreters } from './runtime/interpreters.ts';
