import {
  type FaultDraft,
  type SketchAnswer,
  sketch,
  type SketchNode,
  type SketchProgram,
  type Subject,
} from 'holdfast';
import { CUT } from '../span.ts';

export const ONE_OWNER = 'no slot is given to two';
const NODES = ['A', 'B', 'C', 'D', 'E'];
const MAJORITY = 3;
const WAIT_MS = 50;

/** Nothing passes between {A,B} and {C,D,E}. */
export const CLEAN: readonly FaultDraft[] = [
  {
    kind: 'partition',
    groups: [
      ['A', 'B', 'C1'],
      ['C', 'D', 'E', 'C2'],
    ],
    unlisted: 'with-all',
    ...CUT,
  },
];

/** Five servers give slots away: when nobody they can reach objects, or when a majority of all agrees. */
export function slots(byMajority: boolean): Subject {
  return sketch({
    name: byMajority ? 'slots by majority' : 'slots by those who answer',
    nodes: NODES,
    operations: ['claim'],
    survives: ['omission'],
    clients: { entry: (client) => [client === 0 ? 'A' : 'D'], timeoutMs: 300 },
    program: (node) => server(node, byMajority),
    promises: [ONE_OWNER],
    judge: ({ operations }) => {
      const given = operations.filter(({ outcome }) => outcome === 'ok');
      const twice = given.find(({ key, id }) => given.some((other) => other.key === key && other.id !== id));
      const reason =
        twice === undefined
          ? `${given.length} slots were given, each to one`
          : `${twice.key} was given on both sides of the cut`;
      return [{ promise: ONE_OWNER, kept: twice === undefined, reason, examined: given.length }];
    },
  });
}

interface Claim {
  readonly answer: (answer: SketchAnswer) => void;
  agreed: number;
  objected: number;
}

function server(node: SketchNode, byMajority: boolean): SketchProgram {
  const owner = (node.kept['owner'] ??= {}) as Record<string, number>;
  const claims = new Map<string, Claim>();
  const agrees = (slot: string, to: number): boolean => (owner[slot] ??= to) === to;
  return {
    request: ({ key }, answer) => {
      const own = agrees(key, node.index);
      claims.set(key, { answer, agreed: own ? 1 : 0, objected: own ? 0 : 1 });
      for (const to of NODES.keys()) if (to !== node.index) node.send(to, { type: 'mine?', key });
      node.timer(key, WAIT_MS);
    },
    message: (from, { type, key }) => {
      const claim = claims.get(key);
      if (type === 'mine?') node.send(from, { type: agrees(key, from) ? 'yours' : 'taken', key });
      else if (type === 'yours' && claim !== undefined) claim.agreed++;
      else if (claim !== undefined) claim.objected++;
    },
    timer: (key) => {
      const { answer, agreed = 0, objected = 0 } = claims.get(key) ?? {};
      const isGiven = byMajority ? agreed >= MAJORITY : objected === 0;
      answer?.(
        isGiven ? { outcome: 'ok', output: null } : { outcome: 'fail', output: `${agreed} of 5 agreed` },
      );
    },
  };
}
