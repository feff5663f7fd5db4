/** What an API gateway trigger asks the gateway for. */
export interface ApiRequest {
  functionNamespace: string;
  functionName: string;
  functionQualifier: string;
  /** The trigger's `TriggerDesc`: JSON text with `api`, `service` and `release`. */
  triggerDesc: string;
}

/** The gateway, as the triggers of functions need it. */
export interface GatewayPort {
  /**
   * The same service, environment, path and method keep their address.
   *
   * @returns the API's ids, and its whole address
   * @throws Error with a sentence for the caller when it refuses the description
   */
  deployTrigger(request: ApiRequest): Promise<{ serviceId: string; apiId: string; subDomain: string }>;
  removeApi(apiId: string): Promise<unknown>;
}
