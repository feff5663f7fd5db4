import { errorMessage } from '@vodstack/platform';
import { FunctionError } from '../function-error.ts';
import type { DeployedFunction, FunctionKey } from '../function-store.ts';
import type { GatewayPort } from '../gateway-port.ts';
import { parseGatewaySettings } from './trigger-settings.ts';
import type { TriggerStore } from './trigger-store.ts';

/** The gateway waits a little longer than the function may take. */
const MARGIN_SEC = 5;

/**
 * Makes the API of a gateway trigger.
 *
 * @returns the API's id, and the TriggerDesc that CreateTrigger and ListTriggers answer: with `service.subDomain`
 * @throws FunctionError InvalidParameterValue.TriggerDesc
 */
export async function deployGatewayApi(
  gateway: GatewayPort | undefined,
  { fn, qualifier, text }: { fn: DeployedFunction; qualifier: string; text: string },
): Promise<{ apiId: string; settings: string }> {
  if (!gateway)
    throw new FunctionError('UnsupportedOperation', 'Triggers of the type `apigw` are not supported here.');
  const settings = parseGatewaySettings(text);
  const { api, service, release } = settings;
  try {
    const made = await gateway.deployApi({
      ...service,
      environment: release.environmentName,
      path: api.requestConfig.path ?? `/${fn.name}`,
      method: api.requestConfig.method,
      functionNamespace: fn.namespace,
      functionName: fn.name,
      qualifier,
      integratedResponse: api.isIntegratedResponse,
      enableCors: api.enableCORS ?? false,
      base64Encoded: api.isBase64Encoded ?? false,
      timeoutSec: fn.timeoutSec + MARGIN_SEC,
    });
    const { serviceId, serviceName, apiId, subDomain } = made;
    return {
      apiId,
      settings: JSON.stringify({
        ...settings,
        api: { ...api, apiId, apiName: fn.name },
        service: { serviceId, serviceName, subDomain, serviceType: 'SCF' },
      }),
    };
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
