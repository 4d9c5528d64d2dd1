/** What an order of events is needed for. */
export type OrderingNeed = 'display-order' | 'detect-concurrency' | 'real-time-order' | 'merge-edits';

/** What may be reached for. */
export type OrderingTool =
  | 'wall-clock'
  | 'lamport'
  | 'vector-clock'
  | 'version-vector'
  | 'hybrid-logical-clock'
  | 'true-time-commit-wait'
  | 'last-write-wins'
  | 'crdt'
  | 'operational-transform';

/** Which tools meet a need, and which look as if they did. */
export interface OrderingAdvice {
  readonly need: OrderingNeed;
  /** Any of these is enough; the cheapest first. */
  readonly enough: readonly OrderingTool[];
  readonly why: string;
  /** Tools often taken for this need, each with what goes wrong. */
  readonly notEnough: readonly { readonly tool: OrderingTool; readonly because: string }[];
}

const ADVICE: Readonly<Record<OrderingNeed, OrderingAdvice>> = {
  'display-order': {
    need: 'display-order',
    enough: ['lamport', 'hybrid-logical-clock'],
    why: 'A stamp with the node as tie-break is one total order, and no effect stands before its cause.',
    notEnough: [
      { tool: 'wall-clock', because: 'with skew above the delay an effect is shown before its cause' },
      { tool: 'vector-clock', because: 'it leaves concurrent events without an order' },
    ],
  },
  'detect-concurrency': {
    need: 'detect-concurrency',
    enough: ['version-vector', 'vector-clock'],
    why: 'Comparing two vectors tells before, after, concurrent and equal apart exactly.',
    notEnough: [
      { tool: 'lamport', because: 'a smaller stamp may belong to an earlier or to a concurrent event' },
      { tool: 'wall-clock', because: 'different times say nothing about who had seen what' },
      { tool: 'hybrid-logical-clock', because: 'like a Lamport stamp it orders concurrent events too' },
    ],
  },
  'real-time-order': {
    need: 'real-time-order',
    enough: ['true-time-commit-wait'],
    why: 'Uncertainty that is bounded and waited out orders commits as outside observers see them.',
    notEnough: [
      { tool: 'hybrid-logical-clock', because: 'it follows messages; unconnected clients see the skew' },
      { tool: 'lamport', because: 'counters of nodes that never talked do not follow real time' },
      { tool: 'wall-clock', because: 'a later commit at a node whose clock is behind gets the smaller time' },
    ],
  },
  'merge-edits': {
    need: 'merge-edits',
    enough: ['crdt', 'operational-transform'],
    why: 'Concurrent edits are all kept and every replica ends in the same state.',
    notEnough: [
      { tool: 'last-write-wins', because: 'one of two concurrent edits is lost' },
      {
        tool: 'version-vector',
        because: 'it finds the conflict and leaves both versions for someone to merge',
      },
    ],
  },
};

/** The needs there is advice for. */
export const ORDERING_NEEDS: readonly OrderingNeed[] = [
  'display-order',
  'detect-concurrency',
  'real-time-order',
  'merge-edits',
];

/** The tool for a need. */
export function chooseOrderingTool(need: OrderingNeed): OrderingAdvice {
  return ADVICE[need];
}
