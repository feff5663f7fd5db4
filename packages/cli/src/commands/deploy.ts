import { resolve } from 'node:path';
import { StartupError } from '@vodstack/platform';
import { Command } from 'commander';
import { configureCallback } from '../deploy/callback.ts';
import { checkNpm } from '../deploy/check-npm.ts';
import { createDatedLog, type DatedLog } from '../deploy/dated-log.ts';
import { deployFunction } from '../deploy/deploy-function.ts';
import { type DeployTarget, openTarget } from '../deploy/deploy-target.ts';
import { addPlanOptions, type FunctionFlags, toStateKey } from '../deploy/plan-options.ts';
import type { ReadPlan } from '../deploy/plan.ts';
import { readEnvironment, readPlan } from '../deploy/read-plan.ts';
import { testService } from '../deploy/service-test.ts';
import { openStateFile } from '../deploy/state-file.ts';
import { explainConnection } from '../failure.ts';
import { createPrinter } from '../printer.ts';

interface DeployFlags extends FunctionFlags {
  readonly configureCallback?: boolean;
  readonly checks: boolean;
}

export const deployCommand: Command = addPlanOptions(
  new Command('deploy')
    .description('deploy a function: a folder’s serverless.yml or code, or else the event receiver')
    .argument('[folder]', 'the folder (default: this one, when it has a serverless.yml)'),
)
  .option('--configure-callback', 'make the address VOD’s callback URL')
  .option('--no-checks', 'leave out looking for npm')
  .action(deploy);

async function deploy(given: string | undefined, flags: DeployFlags): Promise<void> {
  const folder = resolve(given ?? '.');
  const printer = createPrinter(flags.json === true);
  const log = createDatedLog(printer);
  const env = await readEnvironment(folder, process.env);
  const target = await openTarget(flags, env);
  const read = await readPlan(given, flags, env);
  if (flags.checks) await checkNpm(read.source, log);
  const address = await runDeployment(target, read, { flags, log });
  if (address === undefined) {
    if (flags.configureCallback)
      throw new StartupError(
        'The function has no address: a callback needs a trigger of the kind apigw or http.',
      );
    return;
  }
  await reportTest(address, read, log);
  if (flags.configureCallback) await setCallback(target, read, { folder, flags, address, log });
  log.say(`Service address: ${address}`, { ServiceAddress: address });
}

const RECEIVER_TITLE = 'the event notification receipt service of VOD';

async function runDeployment(
  target: DeployTarget,
  read: ReadPlan,
  { flags, log }: { flags: DeployFlags; log: DatedLog },
): Promise<string | undefined> {
  const isReceiver = read.source.kind === 'receiver';
  const title = isReceiver ? RECEIVER_TITLE : `the function ${read.plan.name}`;
  log.say(`Start deploying ${title}.`);
  const receiver = { definitions: flags.definitions, subAppId: flags.sub };
  try {
    const { address } = await deployFunction(target, read, { receiver, log });
    log.say(`${title.replace(/^t/u, 'T')} is deployed.`);
    return address;
  } catch (error) {
    throw target.endpoint === undefined ? error : explainConnection(error, target.endpoint);
  }
}

async function reportTest(address: string, { source }: ReadPlan, log: DatedLog): Promise<void> {
  const { isUp, problem } = await testService(address);
  const service = source.kind === 'receiver' ? 'event notification receipt service' : 'service';
  if (!isUp) log.warn(`the ${service} failed the test: ${problem ?? 'there was no answer'}.`);
  else if (problem !== undefined) log.warn(`the ${service} answers, but ${problem}.`);
}

async function setCallback(
  target: DeployTarget,
  { plan }: ReadPlan,
  { folder, flags, address, log }: { folder: string; flags: DeployFlags; address: string; log: DatedLog },
): Promise<void> {
  const options = {
    vod: target.vod(plan.region),
    state: openStateFile(folder),
    key: toStateKey(target, plan),
    subAppId: flags.sub === 0 ? undefined : flags.sub,
  };
  await configureCallback(options, address, (former) => {
    log.warn(
      `the callback URL was ${former}. What depends on it in your production environment gets no notifications from now on; "vodstack undeploy" puts it back.`,
    );
  });
  log.say('The callback URL is set to the service address.');
}
