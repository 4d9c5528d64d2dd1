import type { RunResult } from 'holdfast';
import { AWAY_CLIENTS, CUT, HOME_CLIENTS } from './experiment.ts';
import { type Class, classOf } from './model.ts';

type Operation = RunResult['history']['operations'][number];

/** Which side of the cut, and what kind of operation. */
export interface Asked {
  readonly side: 'home' | 'away';
  readonly isWrite: boolean;
}

const within = (us: number): boolean => us >= CUT[0] * 1_000 && us < CUT[1] * 1_000;

/** A region knows that it is cut off only after a silence: what was asked before that is left out. */
const KNOWN_MS = 300;

/** Operations asked on one side once it knew that it was cut off, with how they ended before the cut did. */
export function askedInCut({ trace, history }: RunResult, { side, isWrite }: Asked): Operation[] {
  const clients = side === 'home' ? HOME_CLIENTS : AWAY_CLIENTS;
  const ids = new Set(
    trace?.events
      .filter(({ kind, node }) => kind === 'invoke' && clients.includes(trace.nodes[node]?.name ?? ''))
      .map(({ operation }) => operation),
  );
  return history.operations.filter(
    ({ id, f, invokedAt }) =>
      ids.has(id) &&
      f.startsWith('w') === isWrite &&
      within(invokedAt - KNOWN_MS * 1_000) &&
      within(invokedAt),
  );
}

/** Of operations, those answered with success while the cut lasted. */
export function answered(operations: readonly Operation[]): Operation[] {
  return operations.filter(({ outcome, completedAt }) => outcome === 'ok' && within(completedAt));
}

/** The texts with which operations were refused. */
export function refusals(operations: readonly Operation[]): string[] {
  const texts = operations.flatMap(({ outcome, output }) =>
    outcome === 'fail' && typeof output === 'string' ? [output] : [],
  );
  return [...new Set(texts)].toSorted();
}

/** The field an operation is about. */
export function fieldOf({ key = '' }: Operation): string {
  return key.replace(/#.*$/, '');
}

/** Share of a class's writes accepted on the side that has no authority, %. */
export function acceptedAway(result: RunResult, of: Class): number {
  const asked = askedInCut(result, { side: 'away', isWrite: true }).filter(
    ({ key = '' }) => classOf(key) === of,
  );
  return asked.length === 0 ? 0 : (100 * answered(asked).length) / asked.length;
}
