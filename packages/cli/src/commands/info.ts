import { resolve } from 'node:path';
import { StartupError } from '@vodstack/platform';
import { Command } from 'commander';
import type {
  GetFunctionResponse,
  TriggerInfo,
} from 'tencentcloud-sdk-nodejs-scf/tencentcloud/services/scf/v20180416/scf_models.js';
import { openTarget } from '../deploy/deploy-target.ts';
import { addressOf, findFunction, listTriggers } from '../deploy/function-client.ts';
import { addPlanOptions, type FunctionFlags } from '../deploy/plan-options.ts';
import { readEnvironment, readPlan } from '../deploy/read-plan.ts';
import { createPrinter } from '../printer.ts';

export const infoCommand: Command = addPlanOptions(
  new Command('info')
    .description('show a deployed function and its addresses')
    .argument('[folder]', 'the folder that was deployed'),
).action(info);

async function info(given: string | undefined, flags: FunctionFlags): Promise<void> {
  const env = await readEnvironment(resolve(given ?? '.'), process.env);
  const target = await openTarget(flags, env);
  const { plan } = await readPlan(given, flags, env);
  const client = target.scf(plan.region);
  const found = await findFunction(client, plan);
  if (!found) {
    throw new StartupError(
      `There is no function ${plan.name} in the namespace ${plan.namespace}: deploy it first.`,
    );
  }
  const triggers = await listTriggers(client, plan);
  const urls = triggers.map(addressOf).filter((address) => address !== undefined);
  createPrinter(flags.json === true).event(describe(found, triggers, urls), {
    FunctionName: found.FunctionName,
    Namespace: found.Namespace,
    Runtime: found.Runtime,
    Handler: found.Handler,
    Status: found.Status,
    MemorySize: found.MemorySize,
    Timeout: found.Timeout,
    Type: found.Type,
    Network: networkOf(found),
    Triggers: triggers.map(({ Type, TriggerName }) => ({ Type, TriggerName })),
    Urls: urls,
  });
}

/** The line below `urls:` has the address as its third word: the guide's installer reads it there. */
function describe(
  found: GetFunctionResponse,
  triggers: readonly TriggerInfo[],
  urls: readonly string[],
): string {
  return [
    `type:         ${(found.Type ?? 'Event').toLowerCase()}`,
    `functionName: ${found.FunctionName}`,
    `description:  ${found.Description ?? ''}`,
    `namespace:    ${found.Namespace}`,
    `runtime:      ${found.Runtime}`,
    `handler:      ${found.Handler ?? ''}`,
    `memorySize:   ${found.MemorySize}`,
    `timeout:      ${found.Timeout}`,
    `network:      ${networkOf(found)}`,
    `status:       ${found.Status}${found.StatusDesc ? ` (${found.StatusDesc})` : ''}`,
    'triggers:',
    ...triggers.map(({ Type, TriggerName }) => `  - ${Type}: ${TriggerName}`),
    'urls:',
    ...urls.map((url) => `  - url: ${url}`),
  ].join('\n');
}

/** What it may reach. */
function networkOf({ Environment: environment, PublicNetConfig: publicNet }: GetFunctionResponse): string {
  const named = environment?.Variables?.find(({ Key }) => Key === 'VODSTACK_NETWORK')?.Value;
  return named ?? (publicNet?.PublicNetStatus === 'DISABLE' ? 'vodstack' : 'all');
}
