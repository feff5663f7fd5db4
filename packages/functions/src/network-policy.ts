import { FunctionError } from './function-error.ts';
import type { FunctionDetails } from './function-details.ts';
import type { NetworkPolicy } from './runtime/sandbox/bubblewrap-arguments.ts';

/** A function's variable of this name says what it may reach. */
const SWITCH = 'VODSTACK_NETWORK';
const POLICIES: readonly NetworkPolicy[] = ['all', 'vodstack', 'none'];

interface Networked {
  environment: Readonly<Record<string, string>>;
  details?: FunctionDetails | undefined;
}

/** By its variable, or else by PublicNetConfig: a function without the public network still has the cloud's own services. */
export function networkOf({ environment, details }: Networked): NetworkPolicy {
  const named = POLICIES.find((policy) => policy === environment[SWITCH]);
  return named ?? (details?.publicNetStatus === 'DISABLE' ? 'vodstack' : 'all');
}

/** @throws FunctionError InvalidParameterValue.Environment */
export function assertNetworkPolicy(environment: Networked['environment']): void {
  const given = environment[SWITCH];
  if (given === undefined || POLICIES.some((policy) => policy === given)) return;
  throw new FunctionError(
    'InvalidParameterValue.Environment',
    `${SWITCH} must be ${POLICIES.join(', ')}, got "${given.slice(0, 40)}".`,
  );
}
