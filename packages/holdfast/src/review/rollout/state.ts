import { type AuditEntry, type AuditHead, auditHead, nextAuditEntry } from '../../invariants/auditLog.ts';
import { attemptMove, noRefusals, type StateMachine } from '../../invariants/stateMachine.ts';
import type { Plain } from '@holdfast/plain';

/** Where a rollout stands. */
export type RolloutState = 'going out' | 'out' | 'going back' | 'back';

/** A rollout goes out or back, and never from one end to the other. */
export const ROLLOUT: StateMachine<RolloutState> = {
  initial: 'going out',
  moves: { 'going out': ['out', 'going back'], out: ['going back'], 'going back': ['back'], back: [] },
};

/** What was looked at, and what was seen. */
export interface RolloutSample {
  readonly atMs: number;
  readonly stage: number;
  readonly value: number;
}

/** What a rollout keeps: where it stands, everything it looked at, and a chained log of what it did. Plain data. */
export interface RolloutRecord {
  state: RolloutState;
  /** Index of the stage. */
  stage: number;
  stageSinceMs: number;
  /** Servers that ever ran the new version. */
  exposed: number;
  readonly samples: RolloutSample[];
  readonly log: AuditEntry[];
  /** Kept elsewhere in life: without it nobody can tell a log that was cut short. */
  head: AuditHead;
  readonly refused: ReturnType<typeof noRefusals>;
}

/** Nothing done yet. */
export function startRollout(): RolloutRecord {
  return {
    state: ROLLOUT.initial,
    stage: -1,
    stageSinceMs: 0,
    exposed: 0,
    samples: [],
    log: [],
    head: auditHead([]),
    refused: noRefusals(),
  };
}

/** Writes down what is about to be done. */
export function logged(record: RolloutRecord, atMs: number, action: string, about: Plain): void {
  record.log.push(nextAuditEntry(record.log, { atMs, actor: 'rollout', action, about }));
  record.head = auditHead(record.log);
}

/** Moves, if that is a move; the log has it before it is done. */
export function moved(record: RolloutRecord, atMs: number, to: RolloutState, about: Plain): boolean {
  const next = attemptMove(ROLLOUT, record.refused, record.state, to);
  if (next === record.state) return false;
  logged(record, atMs, to, about);
  record.state = next;
  return true;
}
