import { errorMessage } from '@vodstack/platform';
import { FunctionError } from '../function-error.ts';
import type { FunctionKey } from '../function-store.ts';
import type { GatewayPort } from '../gateway-port.ts';
import { parseGatewaySettings } from './trigger-settings.ts';
import type { Trigger, TriggerStore } from './trigger-store.ts';

/**
 * Makes the API of a gateway trigger, or changes it.
 *
 * @returns the API's id, and the TriggerDesc that CreateTrigger and ListTriggers answer: with `service.subDomain`
 * @throws FunctionError InvalidParameterValue.TriggerDesc
 */
export async function deployGatewayApi(
  gateway: GatewayPort | undefined,
  trigger: Trigger,
): Promise<{ apiId: string; settings: string }> {
  if (!gateway) {
    throw new FunctionError('UnsupportedOperation', 'Triggers of the type `apigw` are not supported here.');
  }
  const given = parseGatewaySettings(trigger.settings);
  try {
    const { serviceId, apiId, subDomain } = await gateway.deployTrigger({
      functionNamespace: trigger.namespace,
      functionName: trigger.functionName,
      functionQualifier: trigger.qualifier,
      triggerDesc: JSON.stringify(given),
    });
    const api = { ...given.api, apiId, apiName: trigger.functionName };
    const service = { ...given.service, serviceId, subDomain };
    return { apiId, settings: JSON.stringify({ ...given, api, service }) };
  } catch (error) {
    throw new FunctionError('InvalidParameterValue.TriggerDesc', errorMessage(error));
  }
}

/** Before a function goes: its addresses must not outlive it. */
export async function removeApis(
  triggers: TriggerStore,
  gateway: GatewayPort | undefined,
  key: FunctionKey,
): Promise<void> {
  for (const { type, resourceId } of await triggers.list(key)) {
    if (type === 'apigw' && resourceId !== null) await gateway?.removeApi(resourceId);
  }
}
