/** What a trigger of the type `apigw` asks the gateway for. */
export interface GatewayTrigger {
  functionNamespace: string;
  functionName: string;
  functionQualifier: string;
  /** Whether its requests go to the function as they are. */
  isWebFunction: boolean;
  /** How long the function may take. */
  functionTimeoutSec: number;
  /** TriggerDesc as it came. */
  triggerDesc: string;
  /** The trigger's API up to now, which goes when another one takes its place. */
  formerApiId: string | undefined;
}

/** The gateway, as the triggers of functions need it. */
export interface GatewayPort {
  /**
   * @returns the API's id, and the description that ListTriggers shows: with `service.subDomain`, the whole address
   * @throws Error with a sentence for the caller when it is refused
   */
  deployTrigger(trigger: GatewayTrigger): Promise<{ apiId: string; triggerDesc: string }>;
  /** One that another function has taken over stays. */
  removeApi(apiId: string, owner: { namespace: string; name: string }): Promise<void>;
}
