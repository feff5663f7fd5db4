import { type Command, InvalidArgumentError, Option } from 'commander';
import { parsePositiveInteger } from '../positive-integer.ts';
import type { PlanFlags } from './read-plan.ts';
import type { DeployTarget, TargetFlags } from './deploy-target.ts';
import { addTargetOptions } from './deploy-target.ts';
import type { FunctionName } from './function-client.ts';

export interface FunctionFlags extends TargetFlags, PlanFlags {
  readonly definitions: readonly number[];
  readonly sub: number;
}

/** The options that say which function is meant, and where. */
export function addNameOptions(command: Command): Command {
  return addTargetOptions(command)
    .option('--name <name>', 'the function’s name (default: the file’s)')
    .option('--namespace <name>', 'its namespace')
    .option('--stage <name>', 'the stage, instead of the file’s');
}

/** The options that describe a function. */
export function addPlanOptions(command: Command): Command {
  return addNameOptions(command)
    .option('--handler <file.export>', 'the handler, such as index.main_handler')
    .option('--runtime <name>', 'the runtime, such as Nodejs20.19 or Python3.10')
    .option('--memory <MB>', 'its memory', parsePositiveInteger)
    .option('--timeout <seconds>', 'how long a request may take', parsePositiveInteger)
    .option('--env <NAME=value...>', 'environment variables')
    .addOption(new Option('--network <policy>', 'what it may reach').choices(['all', 'vodstack', 'none']))
    .option('--path <path>', 'the path of its gateway address')
    .addOption(new Option('--trigger <kind>', 'what calls it').choices(['apigw', 'http', 'none']))
    .option('--definitions <numbers>', 'the receiver’s templates', parseDefinitions, [100_010, 100_020])
    .option('--sub <application>', 'the receiver’s application', parseApplication, 0);
}

function parseDefinitions(text: string): number[] {
  const numbers = text.split(',').map((each) => Number(each.trim()));
  if (numbers.every((each) => Number.isSafeInteger(each) && each > 0)) return numbers;
  throw new InvalidArgumentError('Template numbers such as 100010,100020 are expected.');
}

function parseApplication(text: string): number {
  if (/^\d{1,15}$/u.test(text)) return Number(text);
  throw new InvalidArgumentError('A whole number is expected.');
}

/** Of a deployment in the state file. */
export function toStateKey({ place }: DeployTarget, { namespace, name }: FunctionName): string {
  return `${place} ${namespace}/${name}`;
}
