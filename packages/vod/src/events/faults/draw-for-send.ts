import type { EventRow, FaultRow, VodDb } from '../../tables.ts';
import { draw, type FaultTarget, findFaults } from './draw-faults.ts';
import { type FaultKind, HOLD_KINDS, type HoldKind, SEND_KINDS } from './fault-kinds.ts';
import { findTaskFault } from './task-faults.ts';

const DEFAULT_HOLD_MS = 2000;

export interface Held {
  readonly hold: HoldKind;
  readonly holdMs: number;
}

export type Drawn = Held | { readonly hold?: undefined; readonly injected: readonly FaultKind[] };

export interface SendTarget extends FaultTarget {
  readonly payload: string;
  /** What it has waited for already: it is held back once at most. */
  readonly heldFor: HoldKind | null;
}

export function toTarget(
  event: Pick<EventRow, 'sub_app_id' | 'file_id' | 'type' | 'payload'>,
  heldFor: HoldKind | null,
): SendTarget {
  const { sub_app_id: subAppId, file_id: fileId, type: eventType, payload } = event;
  return { subAppId, fileId, eventType, payload, heldFor };
}

/** Which faults strike this send, or hold it back. */
export async function drawForSend(db: VodDb, target: SendTarget): Promise<Drawn> {
  const { heldFor, payload } = target;
  const faults = await findFaults(db, [...HOLD_KINDS, ...SEND_KINDS], target);
  const [hold] = heldFor === null ? await draw(db, faults.filter(isHold)) : [];
  if (hold) return { hold: hold.kind as HoldKind, holdMs: hold.delayMs ?? DEFAULT_HOLD_MS };
  const drawn = await draw(
    db,
    faults.filter((fault) => !isHold(fault)),
  );
  return {
    injected: [heldFor, findTaskFault(payload), ...drawn.map(({ kind }) => kind)].filter(
      (kind) => kind !== null,
    ),
  };
}

function isHold({ kind }: FaultRow): boolean {
  return HOLD_KINDS.some((one) => one === kind);
}
