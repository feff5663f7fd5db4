export type { Api, ApiMethod, ApiSettings, Environment } from './api.ts';
export type { CorsPolicy } from './cors.ts';
export type { FunctionCall } from './function-caller.ts';
export { toUrlAddress, type FunctionUrl } from './function-url.ts';
export { GatewayError } from './gateway-error.ts';
export {
  createGateway,
  type ApiInfo,
  type DeployApiRequest,
  type DeployedTrigger,
  type Gateway,
  type GatewayDependencies,
  type ServiceInfo,
  type TriggerRequest,
} from './gateway.ts';
export { gatewayMigrations } from './migrations.ts';
export type { SignedRequest } from './url-answer.ts';
