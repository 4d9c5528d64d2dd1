import type { Spec } from '../engine/spec/spec.ts';
import { allFlags } from './flags.ts';

/** A node's part in the election. */
export type CandidateState = 'candidate' | 'lost' | 'won';

/** Per node; node i has identity i + 1. */
export interface RingState {
  /** Whether it starts an election of its own. */
  initiator: boolean[];
  started: boolean[];
  state: CandidateState[];
  /** Identities on their way to it: a sorted set each. */
  inbox: number[][];
}

/**
 * Election of the least identity on a one-way ring (Chang and Roberts 1979), with any set of initiators; module ChangRoberts.
 */
export function ringElection(nodes: number): Spec<RingState> {
  const ids = Array.from({ length: nodes }, (_, i) => i);
  return {
    name: `ring election, ${nodes} nodes`,
    init: allFlags(nodes).map((initiator) => ({
      initiator,
      started: ids.map(() => false),
      state: initiator.map((is) => (is ? 'candidate' : 'lost')),
      inbox: ids.map(() => []),
    })),
    actions: ids.flatMap((i) => [
      {
        name: `node ${i + 1} starts`,
        run(s: RingState): boolean {
          if (s.started[i]) return false;
          s.started[i] = true;
          if (s.initiator[i]) send(s, (i + 1) % nodes, i + 1);
          return true;
        },
      },
      {
        name: `node ${i + 1} receives`,
        run(s: RingState, pick): boolean {
          if (!s.started[i]) return false;
          receive(s, i, (i + 1) % nodes, pick(s.inbox[i] as number[]));
          return true;
        },
      },
    ]),
    always: {
      'the least initiator wins': ({ state, initiator }) =>
        state.every(
          (own, i) => own !== 'won' || (initiator[i] === true && allOthersLost(state, initiator, i)),
        ),
    },
    reachable: { 'somebody wins': ({ state }) => state.includes('won') },
    fair: 'all',
    leadsTo: {
      'an initiator leads to a winner': {
        from: ({ initiator }) => initiator.includes(true),
        to: ({ state }) => state.includes('won'),
      },
    },
    terminal: {
      'somebody won where somebody started': ({ state, initiator }) =>
        state.includes('won') || !initiator.includes(true),
    },
  };
}

function receive(s: RingState, self: number, next: number, id: number): void {
  s.inbox[self] = (s.inbox[self] as number[]).filter((other) => other !== id);
  if (s.state[self] === 'lost') send(s, next, id);
  else if (id < self + 1) {
    s.state[self] = 'lost';
    send(s, next, id);
  } else if (id === self + 1) s.state[self] = 'won';
}

function send(s: RingState, to: number, id: number): void {
  const inbox = s.inbox[to] as number[];
  if (!inbox.includes(id)) s.inbox[to] = [...inbox, id].sort((a, b) => a - b);
}

function allOthersLost(
  state: readonly CandidateState[],
  initiator: readonly boolean[],
  winner: number,
): boolean {
  return state.every((other, j) => j === winner || (other === 'lost' && (j > winner || !initiator[j])));
}
