import { resolve } from 'node:path';
import { StartupError } from '@vodstack/platform';
import { Command } from 'commander';
import { restoreCallback } from '../deploy/callback.ts';
import { createDatedLog } from '../deploy/dated-log.ts';
import { openTarget } from '../deploy/deploy-target.ts';
import { deleteTrigger, findFunction, listTriggers, removeFunction } from '../deploy/function-client.ts';
import { addPlanOptions, type FunctionFlags, toStateKey } from '../deploy/plan-options.ts';
import { readEnvironment, readPlan } from '../deploy/read-plan.ts';
import { openStateFile } from '../deploy/state-file.ts';
import { createPrinter } from '../printer.ts';

export const undeployCommand: Command = addPlanOptions(
  new Command('undeploy')
    .description('delete what deploy made, and put the former callback URL back')
    .argument('[folder]', 'the folder that was deployed'),
).action(undeploy);

async function undeploy(given: string | undefined, flags: FunctionFlags): Promise<void> {
  const folder = resolve(given ?? '.');
  const log = createDatedLog(createPrinter(flags.json === true));
  const env = await readEnvironment(folder, process.env);
  const target = await openTarget(flags, env);
  const { plan } = await readPlan(given, flags, env);
  const client = target.scf(plan.region);
  // First, so that no notification goes to an address that is gone.
  const former = await restoreCallback({
    vod: target.vod(plan.region),
    state: openStateFile(folder),
    key: toStateKey(target, plan),
    subAppId: flags.sub === 0 ? undefined : flags.sub,
  });
  if (former !== undefined)
    log.say(former === '' ? 'The callback URL is unset again.' : `The callback URL is ${former} again.`);
  if (!(await findFunction(client, plan)))
    throw new StartupError(`There is no function ${plan.name} in the namespace ${plan.namespace}.`);
  for (const trigger of await listTriggers(client, plan)) await deleteTrigger(client, plan, trigger);
  await removeFunction(client, plan);
  log.say(`The function ${plan.name} is deleted.`);
}
