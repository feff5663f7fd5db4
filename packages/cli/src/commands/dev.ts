import { watch } from 'node:fs';
import { resolve } from 'node:path';
import { StartupError } from '@vodstack/platform';
import { Command } from 'commander';
import { deployFunction, readCode } from '../deploy/deploy-function.ts';
import { createDatedLog, type DatedLog } from '../deploy/dated-log.ts';
import { type DeployTarget, openTarget } from '../deploy/deploy-target.ts';
import { updateCode } from '../deploy/function-client.ts';
import { zipFiles } from '../deploy/pack-folder.ts';
import { addPlanOptions, type FunctionFlags } from '../deploy/plan-options.ts';
import type { ReadPlan } from '../deploy/plan.ts';
import { readEnvironment, readPlan } from '../deploy/read-plan.ts';
import { describeFailure, explainConnection } from '../failure.ts';
import { formatDuration } from '../format.ts';
import { createPrinter } from '../printer.ts';

export const devCommand: Command = addPlanOptions(
  new Command('dev')
    .description('deploy a folder and reload it at every save, under the same address')
    .argument('<folder>', 'the folder'),
).action(dev);

/** An editor saves in several steps; this long after the last one it is done. */
const SETTLE_MS = 30;
const NOT_WATCHED = /(?:^|[/\\])(?:node_modules|\.git|\.vodstack|__pycache__)(?:[/\\]|$)|~$|\.sw[a-z]$/u;

async function dev(given: string, flags: FunctionFlags): Promise<void> {
  const log = createDatedLog(createPrinter(flags.json === true));
  const env = await readEnvironment(resolve(given), process.env);
  const target = await openTarget(flags, env);
  const read = await readPlan(given, flags, env);
  const { source } = read;
  if (source.kind !== 'folder') throw new StartupError('There is no folder to watch.');
  const receiver = { definitions: flags.definitions, subAppId: flags.sub };
  try {
    const { address } = await deployFunction(target, read, { receiver, log });
    log.say(`Service address: ${address ?? '(none)'}`, { ServiceAddress: address });
  } catch (error) {
    throw target.endpoint === undefined ? error : explainConnection(error, target.endpoint);
  }
  const reload = createReloader(target, read, log);
  // Ctrl-C ends the process; what is deployed stays.
  watch(source.folder, { recursive: true }, (_, name) => {
    if (name === null || !NOT_WATCHED.test(name)) reload();
  });
  log.say(`Watching ${source.folder}`, { Watching: source.folder });
}

/** One reload at a time; what is saved meanwhile makes one more. */
function createReloader(target: DeployTarget, read: ReadPlan, log: DatedLog): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isRunning = false;
  let isStale = false;
  let deployed = '';
  const run = async (): Promise<void> => {
    const startedAt = performance.now();
    const receiver = { definitions: [], subAppId: 0 };
    const zip = await zipFiles(await readCode(target, read.plan, { ...read, receiver }));
    const text = zip.toString('base64');
    if (text === deployed) return;
    await updateCode(target.scf(read.plan.region), read.plan, zip);
    deployed = text;
    const took = formatDuration(performance.now() - startedAt + SETTLE_MS);
    log.say(`Reloaded ${read.plan.name} in ${took}.`, { Event: 'Reloaded' });
  };
  const start = (): void => {
    if (isRunning) {
      isStale = true;
      return;
    }
    isRunning = true;
    void run()
      .catch((error: unknown) => log.warn(`the old code goes on: ${describeFailure(error)}`))
      .finally(() => {
        const again = isStale;
        isRunning = false;
        isStale = false;
        if (again) start();
      });
  };
  return () => {
    clearTimeout(timer);
    timer = setTimeout(start, SETTLE_MS);
  };
}
