import { FunctionError } from './function-error.ts';
import { assertFunctionDetails, type FunctionDetails } from './function-details.ts';
import { toHandlerPath } from './handler-path.ts';
import { assertNetworkPolicy } from './network-policy.ts';
import { toRuntimeKind } from './runtime-kind.ts';
import { isWebFunction } from './web-function.ts';

/** What a function is, apart from its code. */
export interface FunctionConfig {
  namespace: string;
  name: string;
  /** The declared runtime, kept as it was given: see `toRuntimeKind`. */
  runtime: string;
  /** `<file without extension>.<export>`. */
  handler: string;
  timeoutSec: number;
  memoryMb: number;
  environment: Record<string, string>;
  /** Default: none of them set. */
  details?: FunctionDetails | undefined;
}

const MAX_ENVIRONMENT_BYTES = 4096;
const RESERVED_PREFIXES = ['SCF_', 'QCLOUD_', 'TENCENTCLOUD_'];

/**
 * Checks a configuration against the documented limits of SCF (583/11637, 583/30228).
 *
 * @throws FunctionError with the cloud's code of the first rule that is broken
 */
export function assertFunctionConfig(config: FunctionConfig): void {
  assertNames(config);
  if (!canRun(config)) {
    throw new FunctionError(
      'InvalidParameterValue.Runtime',
      `The runtime "${config.runtime}" cannot run here: expected a Node.js or Python 3 runtime, such as Nodejs18.15 or Python3.9.`,
    );
  }
  assertFunctionDetails(config.details ?? {});
  if (!isWebFunction(config)) toHandlerPath(config.handler);
  assertLimits(config);
  assertEnvironment(config.environment);
  assertNetworkPolicy(config.environment);
}

/** A web function is whatever its package starts. */
function canRun(config: FunctionConfig): boolean {
  const { runtime } = config;
  return isWebFunction(config)
    ? /^[A-Za-z]{2,20}[\d.]{0,8}$/u.test(runtime)
    : toRuntimeKind(runtime) !== undefined;
}

function assertNames({ namespace, name }: FunctionConfig): void {
  assertNamespaceName(namespace);
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,58}[A-Za-z0-9]$/u.test(name)) {
    throw new FunctionError(
      'InvalidParameterValue.FunctionName',
      `The function name "${name}" must be 2 to 60 letters, digits, "-" or "_", start with a letter and not end with "-" or "_".`,
    );
  }
}

/** @throws FunctionError InvalidParameterValue.NamespaceInvalid */
export function assertNamespaceName(namespace: string): void {
  if (!/^[A-Za-z0-9_-]{1,30}$/u.test(namespace)) {
    throw new FunctionError(
      'InvalidParameterValue.NamespaceInvalid',
      `The namespace "${namespace}" must be 1 to 30 letters, digits, "-" or "_".`,
    );
  }
}

function assertLimits({ timeoutSec, memoryMb }: FunctionConfig): void {
  if (!Number.isInteger(timeoutSec) || timeoutSec < 1 || timeoutSec > 900) {
    throw new FunctionError(
      'LimitExceeded.Timeout',
      `The timeout must be 1 to 900 whole seconds, got ${timeoutSec}.`,
    );
  }
  if (memoryMb > 3072) {
    throw new FunctionError('LimitExceeded.Memory', `The memory must be at most 3072 MB, got ${memoryMb}.`);
  }
  if (memoryMb !== 64 && (memoryMb < 128 || memoryMb % 128 !== 0)) {
    throw new FunctionError(
      'InvalidParameterValue.Memory',
      `The memory must be 64 MB or 128 to 3072 MB in steps of 128, got ${memoryMb}.`,
    );
  }
}

function assertEnvironment(environment: Record<string, string>): void {
  for (const [key, value] of Object.entries(environment)) assertVariable(key, value);
  const bytes = Object.entries(environment).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
    0,
  );
  if (bytes > MAX_ENVIRONMENT_BYTES) {
    throw new FunctionError(
      'InvalidParameterValue.EnvironmentExceededLimit',
      `The environment variables hold ${bytes} bytes, at most ${MAX_ENVIRONMENT_BYTES} are allowed.`,
    );
  }
}

function assertVariable(key: string, value: string): void {
  if (RESERVED_PREFIXES.some((prefix) => key.startsWith(prefix))) {
    throw new FunctionError(
      'InvalidParameterValue.EnvironmentSystemProtect',
      `The environment variable "${key}" starts with a reserved prefix (${RESERVED_PREFIXES.join(', ')}).`,
    );
  }
  if (!/^[A-Za-z][A-Za-z0-9_]*$/u.test(key) || value.includes('\0')) {
    throw new FunctionError(
      'InvalidParameterValue.Environment',
      `The environment variable "${key}" must be named by letters, digits and "_", starting with a letter, and hold no NUL.`,
    );
  }
}

/** Whether two configurations run the same way; the order of environment variables does not matter. */
export function isSameConfig(a: FunctionConfig, b: FunctionConfig): boolean {
  return toComparable(a) === toComparable(b);
}

function toComparable(config: FunctionConfig): string {
  const { namespace, name, runtime, handler, timeoutSec, memoryMb, environment, details = {} } = config;
  const variables = Object.entries(environment).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([namespace, name, runtime, handler, timeoutSec, memoryMb, variables, details]);
}
