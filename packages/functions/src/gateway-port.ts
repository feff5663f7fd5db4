/** What an API gateway trigger asks the gateway for. */
export interface ApiRequest {
  serviceId?: string | undefined;
  serviceName?: string | undefined;
  environment: string;
  path: string;
  method: string;
  functionNamespace: string;
  functionName: string;
  qualifier: string;
  integratedResponse: boolean;
  enableCors: boolean;
  base64Encoded: boolean;
  timeoutSec: number;
}

/** The gateway, as the triggers of functions need it. */
export interface GatewayPort {
  /** @returns the API's ids, and its whole address. @throws Error with a sentence for the caller when it is refused */
  deployApi(
    request: ApiRequest,
  ): Promise<{ serviceId: string; serviceName: string; apiId: string; subDomain: string }>;
  removeApi(apiId: string): Promise<void>;
}
