export type { Api, ApiMethod, Environment } from './api.ts';
export { GatewayError } from './gateway-error.ts';
export {
  createGateway,
  type ApiInfo,
  type DeployApiRequest,
  type FunctionCall,
  type Gateway,
  type GatewayDependencies,
  type ServiceInfo,
} from './gateway.ts';
export { gatewayMigrations } from './migrations.ts';
