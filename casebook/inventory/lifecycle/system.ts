import {
  type Allocation,
  neverGoesBack,
  neverOversold,
  type PatternVerdict,
  type Sighting,
  sketch,
  type SketchRun,
  type Subject,
} from 'holdfast';
import { hasStock, type LifecycleDefect, RESERVATION, type ReservationState } from './reservations.ts';
import { bank, PIECES, SERVERS, shop, stockOf, sweeper } from './shop.ts';

export const ROOM = 'no more is held or paid than there is';
export const FORWARD = 'a reservation never goes back';
export const KEPT = 'a paid reservation is never freed';
export const PAID = 'what is charged is paid, and what is paid is charged';

/** The moves of every reservation, in order. */
function moves({ effects }: SketchRun): { atUs: number; id: string; state: ReservationState }[] {
  return effects
    .filter(({ what }) => what === 'moved')
    .map(({ atUs, key, data }) => ({ atUs, id: key, state: data as ReservationState }));
}

function allocations(run: SketchRun): Allocation[] {
  return moves(run).map(({ atUs, id, state }) => ({
    atUs,
    of: 'pieces',
    by: id,
    change: hasStock(state) ? 'taken' : 'given back',
  }));
}

function sightings(run: SketchRun): Sighting[] {
  // Two moves at one instant are in the order in which they were made: none are.
  return moves(run).map(({ atUs, id, state }) => ({ id, state, fromUs: atUs, untilUs: atUs, where: 'move' }));
}

function kept(run: SketchRun): PatternVerdict {
  const paid = new Set<string>();
  const all = moves(run);
  const freed = all.find(({ id, state }) => {
    if (state === 'paid') paid.add(id);
    return paid.has(id) && !hasStock(state);
  });
  const examined = all.filter(({ state }) => state === 'paid').length;
  if (freed === undefined)
    return { promise: KEPT, kept: true, reason: `${examined} paid reservations`, examined };
  const reason = `${freed.id} was paid, and ${freed.state} at ${(freed.atUs / 1_000_000).toFixed(3)} s`;
  return { promise: KEPT, kept: false, reason, examined };
}

function paid(run: SketchRun): PatternVerdict {
  const charged = new Set(run.effects.filter(({ what }) => what === 'charged').map(({ key }) => key));
  const { states } = stockOf(run.kept[0] ?? {});
  const wrong = Object.entries(states).filter(
    ([id, state]) => charged.has(id) !== (state === 'paid' || state === 'shipped'),
  );
  const examined = charged.size;
  const [first] = wrong;
  if (first === undefined) return { promise: PAID, kept: true, reason: `${examined} charges`, examined };
  const [id, state] = first;
  const word = charged.has(id) ? 'charged' : 'not charged';
  return {
    promise: PAID,
    kept: false,
    reason: `${id} is ${word}, and ${state}; ${wrong.length} in all`,
    examined,
  };
}

/** A shop that holds a piece for a while, a bank, and a sweeper with a clock of its own. */
export function lifecycle(defect?: LifecycleDefect): Subject {
  return sketch({
    name: `reservations${defect === undefined ? '' : `: ${defect}`}`,
    nodes: SERVERS,
    operations: ['reserve', 'pay', 'cancel', 'ship'],
    survives: ['crash-recovery', 'omission', 'timing'],
    clients: { timeoutMs: 100, attempts: 5 },
    latency: { kind: 'uniform', minUs: 500, maxUs: 12_000 },
    program: (node) =>
      node.index === 0 ? shop(node, defect) : node.index === 1 ? bank(node) : sweeper(node),
    promises: [ROOM, FORWARD, KEPT, PAID],
    judge: (run) => [
      neverOversold(ROOM, allocations(run), () => PIECES),
      neverGoesBack(FORWARD, RESERVATION, sightings(run)),
      kept(run),
      paid(run),
    ],
    metrics: (run) => {
      const { refused, states } = stockOf(run.kept[0] ?? {});
      const count = (state: ReservationState): number =>
        Object.values(states).filter((each) => each === state).length;
      return {
        refused: refused.total,
        paid: count('paid') + count('shipped'),
        expired: count('expired'),
        cancelled: count('cancelled'),
      };
    },
  });
}
