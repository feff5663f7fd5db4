import { ApiError, type ErrCodeExt } from '@vodstack/protocol';
import type { VodDb } from '../../tables.ts';
import { drawFaults, type FaultTarget } from './draw-faults.ts';

export interface InjectedFailure {
  readonly errCodeExt: ErrCodeExt;
  readonly message: string;
}

/** Which of a new task's sub-tasks fail on purpose, by their positions. */
export async function drawTaskFailures(
  tx: VodDb,
  target: FaultTarget,
  subtaskCount: number,
): Promise<ReadonlyMap<number, InjectedFailure>> {
  const positions = Array.from({ length: subtaskCount }, (_, position) => position);
  const [whole] = await drawFaults(tx, ['fail-task'], target);
  if (whole) return new Map(positions.map((position) => [position, toFailure('fail-task')]));
  const [part] = subtaskCount > 1 ? await drawFaults(tx, ['fail-part'], target) : [];
  return new Map(part ? [[subtaskCount - 1, toFailure('fail-part')]] : []);
}

function toFailure(kind: TaskFault): InjectedFailure {
  return { errCodeExt: 'InternalError', message: `failed on purpose (fault ${kind})` };
}

type TaskFault = 'fail-task' | 'fail-part';

/** The fault behind an event about a task that failed on purpose. */
export function findTaskFault(payload: string): TaskFault | null {
  const [, kind] = /"failed on purpose \(fault (fail-task|fail-part)\)"/.exec(payload) ?? [];
  return (kind as TaskFault | undefined) ?? null;
}

/** @throws ApiError when ProcessMedia is to fail on purpose */
export async function failOnPurpose(db: VodDb, target: FaultTarget): Promise<void> {
  const [fault] = await drawFaults(db, ['request-limit', 'internal-error'], target);
  if (!fault) return;
  const code = fault.kind === 'request-limit' ? 'RequestLimitExceeded' : 'InternalError';
  throw new ApiError(code, `Failed on purpose (fault ${fault.kind}).`);
}
