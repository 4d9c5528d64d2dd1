import type { Spec, SpecAction } from '../engine/spec/spec.ts';

/** A request with its clock, its acknowledgement, or word that the resource is free again. */
export type MutexMessage = number | 'acknowledge' | 'release';

/** Per process its clock, what it knows of each process's request (0 none), who acknowledged its own, and whether it is inside. */
export interface LamportMutexState {
  clock: number[];
  /** At `p * processes + q` the request of q as p knows it. */
  request: number[];
  acknowledged: (readonly number[])[];
  /** At `p * processes + q` what p sent q, in order. */
  network: (readonly MutexMessage[])[];
  inside: boolean[];
}

type State = LamportMutexState;

/**
 * Mutual exclusion by logical clocks, where messages between two processes stay in order (Lamport, "Time, Clocks, and the Ordering of
 * Events in a Distributed System", 1978; module LamportMutex). Steps that take a clock beyond `maxClock` are left out.
 */
export function lamportMutex(processes: number, maxClock: number): Spec<LamportMutexState> {
  const ids = Array.from({ length: processes }, (_, i) => i);
  const pairs = ids.flatMap(() => ids);
  return {
    name: `Lamport's mutual exclusion, ${processes} processes, clocks to ${maxClock}`,
    init: [
      {
        clock: ids.map(() => 1),
        request: pairs.map(() => 0),
        acknowledged: ids.map(() => []),
        network: pairs.map(() => []),
        inside: ids.map(() => false),
      },
    ],
    actions: ids.flatMap((p) => [
      ...ownActions(p, ids),
      ...ids.filter((q) => q !== p).map((q) => receives(p, q, ids, maxClock)),
    ]),
    always: {
      'mutual exclusion': ({ inside }) => inside.filter(Boolean).length < 2,
      'at most 3 messages on a link': ({ network }) => network.every((sent) => sent.length <= 3),
    },
    reachable: { 'somebody is inside': ({ inside }) => inside.includes(true) },
  };
}

function send(s: State, from: number, to: number, message: MutexMessage): void {
  const link = from * s.clock.length + to;
  s.network[link] = [...(s.network[link] ?? []), message];
}

/** Whether p's request comes before what p knows of q's; the lower process wins a tie. */
function beats({ request, clock }: State, p: number, q: number): boolean {
  const own = request[p * clock.length + p] ?? 0;
  const other = request[p * clock.length + q] ?? 0;
  return other === 0 || own < other || (own === other && p < q);
}

function ownActions(p: number, ids: readonly number[]): SpecAction<State>[] {
  const others = ids.filter((q) => q !== p);
  const own = p * ids.length + p;
  return [
    {
      name: `process ${p + 1} requests`,
      run(s): boolean {
        if (s.request[own] !== 0) return false;
        const clock = s.clock[p] ?? 0;
        s.request[own] = clock;
        for (const q of others) send(s, p, q, clock);
        s.acknowledged[p] = [p];
        return true;
      },
    },
    {
      name: `process ${p + 1} enters`,
      run(s): boolean {
        if (s.acknowledged[p]?.length !== ids.length || !others.every((q) => beats(s, p, q))) return false;
        s.inside[p] = true;
        return true;
      },
    },
    {
      name: `process ${p + 1} leaves`,
      run(s): boolean {
        if (s.inside[p] !== true) return false;
        s.inside[p] = false;
        for (const q of others) send(s, p, q, 'release');
        s.request[own] = 0;
        s.acknowledged[p] = [];
        return true;
      },
    },
  ];
}

function receives(p: number, q: number, ids: readonly number[], maxClock: number): SpecAction<State> {
  const link = q * ids.length + p;
  return {
    name: `process ${p + 1} hears process ${q + 1}`,
    run(s): boolean {
      const [message, ...rest] = s.network[link] ?? [];
      if (message === undefined) return false;
      s.network[link] = rest;
      if (message === 'acknowledge') {
        const heard = s.acknowledged[p] ?? [];
        s.acknowledged[p] = heard.includes(q) ? heard : [...heard, q].sort((a, b) => a - b);
        return true;
      }
      s.request[p * ids.length + q] = message === 'release' ? 0 : message;
      if (message === 'release') return true;
      const clock = Math.max(message, s.clock[p] ?? 0) + 1;
      s.clock[p] = clock;
      send(s, p, q, 'acknowledge');
      return clock <= maxClock;
    },
  };
}
