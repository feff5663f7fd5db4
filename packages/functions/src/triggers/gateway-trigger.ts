import { errorMessage } from '@vodstack/platform';
import { FunctionError } from '../function-error.ts';
import type { DeployedFunction, FunctionKey } from '../function-store.ts';
import { isWebFunction } from '../web-function.ts';
import type { GatewayPort } from '../gateway-port.ts';
import type { Trigger, TriggerStore } from './trigger-store.ts';

/**
 * Makes the API of a gateway trigger.
 *
 * @returns the API's id, and the TriggerDesc that CreateTrigger and ListTriggers answer: with `service.subDomain`
 * @throws FunctionError InvalidParameterValue.TriggerDesc
 */
export async function deployGatewayApi(
  gateway: GatewayPort | undefined,
  fn: DeployedFunction,
  { qualifier, settings, resourceId }: Pick<Trigger, 'qualifier' | 'settings' | 'resourceId'>,
): Promise<{ apiId: string; triggerDesc: string }> {
  if (!gateway)
    throw new FunctionError('UnsupportedOperation', 'Triggers of the type `apigw` are not supported here.');
  try {
    return await gateway.deployTrigger({
      functionNamespace: fn.namespace,
      functionName: fn.name,
      functionQualifier: qualifier,
      isWebFunction: isWebFunction(fn),
      functionTimeoutSec: fn.timeoutSec,
      triggerDesc: settings === '' ? '{}' : settings,
      formerApiId: resourceId ?? undefined,
    });
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
    if (type === 'apigw' && resourceId !== null) await gateway?.removeApi(resourceId, key);
  }
}
