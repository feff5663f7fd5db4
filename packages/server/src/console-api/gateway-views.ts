import type { FunctionService } from '@vodstack/functions';
import type { ApiInfo, Gateway, ServiceInfo } from '@vodstack/gateway';
import { ApiError } from '@vodstack/protocol';
import { z } from 'zod';
import { withApiErrors } from '../cloud-api/function-actions.ts';

/** An API of the gateway with its whole address. */
export type ApiView = ApiInfo & { readonly url: string };
export type ServiceView = Omit<ServiceInfo, 'apis'> & { readonly apis: readonly ApiView[] };

export interface GatewayViews {
  list(): Promise<ServiceView[]>;
  /** With the trigger that made it, if one did. @throws ApiError for an API that there is not */
  removeApi(apiId: string): Promise<void>;
}

const triggerList = z.object({
  Triggers: z.array(z.object({ TriggerName: z.string(), Type: z.string(), ResourceId: z.string() })),
});

/** The gateway's services and APIs as the console shows them. */
export function createGatewayViews(
  functions: Pick<FunctionService, 'call' | 'list'>,
  gateway: Pick<Gateway, 'list' | 'removeApi'>,
  publicUrl: () => string,
): GatewayViews {
  const call = (action: string, parameters: Record<string, unknown>): Promise<object> =>
    withApiErrors(() => functions.call(action, parameters, new AbortController().signal));

  async function findTrigger({
    apiId,
    functionNamespace,
    functionName,
  }: ApiInfo): Promise<object | undefined> {
    const isThere = (await functions.list()).some(
      ({ name, namespace }) => name === functionName && namespace === functionNamespace,
    );
    if (!isThere) return undefined;
    const fn = { FunctionName: functionName, Namespace: functionNamespace };
    const { Triggers } = triggerList.parse(await call('ListTriggers', { ...fn, Limit: 100 }));
    const found = Triggers.find(({ ResourceId, Type }) => Type === 'apigw' && ResourceId === apiId);
    return found && { ...fn, TriggerName: found.TriggerName, Type: found.Type };
  }

  return {
    async list() {
      const services = await gateway.list();
      return services.map((service) => ({
        ...service,
        apis: service.apis.map((api) => ({ ...api, url: `${publicUrl()}${api.address}` })),
      }));
    },
    async removeApi(apiId) {
      const api = (await gateway.list()).flatMap(({ apis }) => apis).find((each) => each.apiId === apiId);
      if (!api) throw new ApiError('ResourceNotFound', `There is no API ${apiId}.`);
      const trigger = await findTrigger(api);
      if (trigger) await call('DeleteTrigger', { ...trigger });
      else await gateway.removeApi(apiId, { namespace: api.functionNamespace, name: api.functionName });
    },
  };
}
