import {
  Breaches,
  type Core,
  type LabAnswer,
  type LabMonitor,
  type LabTrouble,
  type NodeId,
  type ProtocolLab,
  type RaftCommand,
  type RaftResult,
} from '@holdfast/protocols';
import { labExperiment } from '../../catalogue/labs.ts';
import { simulate } from '../../simulate/simulate.ts';
import { markCase } from '../code.ts';
import { AnswerError } from '../errors.ts';
import type { Grade } from '../exercise.ts';

/** A Raft core of one's own: for these nodes, in the interface every core here has. */
export type OwnRaft = (nodes: readonly NodeId[]) => Core<unknown, unknown, RaftCommand, RaftResult>;

type Watched = Core<unknown, unknown, unknown, unknown>;

/** One stage: what goes wrong in it, and what whoever does not pass it lacks. */
export interface RaftStage {
  readonly name: string;
  readonly about: string;
  readonly troubles: readonly LabTrouble[];
  /** Requests a second; none in the first stage. */
  readonly ratePerSecond: number;
  /** What is often believed by whoever does not pass it. */
  readonly belief: string;
}

/** The stages, each on top of the one before. */
export const RAFT_STAGES: readonly RaftStage[] = [
  {
    name: 'election',
    about: 'a leader is elected and elected anew when it is cut off; never two in one term',
    troubles: [
      { kind: 'storm', fault: 'isolate', on: 'leader', everyMs: [1_500, 2_500], forMs: [800, 1_200] },
    ],
    ratePerSecond: 0,
    belief:
      'a majority of votes makes one leader: only if a vote is given once in a term, and late votes are not counted for another',
  },
  {
    name: 'replication',
    about: 'requests are answered, and what is answered fits one order',
    troubles: [],
    ratePerSecond: 20,
    belief: 'that the leader has an entry is enough to answer: only what a majority has outlives the leader',
  },
  {
    name: 'crashes',
    about: 'processes end and start again from what they stored',
    troubles: [
      { kind: 'storm', fault: 'crash', on: 'any', everyMs: [400, 900], forMs: [50, 300] },
      { kind: 'storm', fault: 'crash', on: 'leader', everyMs: [1_000, 2_000], forMs: [50, 300] },
    ],
    ratePerSecond: 30,
    belief: 'a restarted node is a new node: its term, its vote and its log are what others counted on',
  },
  {
    name: 'cuts',
    about: 'the network is parted, messages are lost, doubled and late',
    troubles: [
      { kind: 'swarm', classes: ['partitions', 'loss', 'duplication', 'reordering'] },
      { kind: 'storm', fault: 'isolate', on: 'leader', everyMs: [1_000, 2_000], forMs: [500, 1_500] },
    ],
    ratePerSecond: 40,
    belief:
      'who leads knows that it leads: another may have been elected meanwhile, so also reads ask a majority',
  },
  {
    name: 'power',
    about: 'power is lost, and with it what was not synced',
    troubles: [
      { kind: 'steady', fault: 'power-failures' },
      { kind: 'steady', fault: 'slow-disks', factor: 60 },
      { kind: 'storm', fault: 'crash', on: 'all', everyMs: [1_500, 3_000], forMs: [20, 400] },
    ],
    ratePerSecond: 60,
    belief:
      'what was written is durable: only once the store says so, and until then no vote and no acknowledgement may leave',
  },
];

const NODES: readonly NodeId[] = [1, 2, 3];
const SECONDS = 12;
const ONE_LEADER = 'at most one leader in a term';
const ELECTED = 'somebody leads in the end';
/** Seeds of each stage. */
export const RAFT_STAGE_SEEDS = 50;

/** Sees of a core what its `view` shows: `role` and `term`. */
class OwnRaftMonitor implements LabMonitor<unknown, unknown, unknown> {
  private readonly core: Watched;
  private readonly leaders = new Map<number, NodeId>();
  private readonly found = new Breaches();

  constructor(core: Watched) {
    this.core = core;
  }

  get breaches(): LabMonitor<unknown, unknown, unknown>['breaches'] {
    return this.found.list;
  }

  examined(promise: string): number {
    return this.found.examined(promise);
  }

  observe(node: NodeId, state: unknown): void {
    const { role, term } = this.core.view(state);
    if (role !== 'leader' || typeof term !== 'number') return;
    const other = this.leaders.get(term);
    if (other === node) return;
    this.found.count(ONE_LEADER);
    if (other === undefined) this.leaders.set(term, node);
    else this.found.add(ONE_LEADER, node, `nodes ${other} and ${node} both lead in term ${term}`);
  }

  ended(states: ReadonlyMap<NodeId, unknown>): void {
    this.found.count(ELECTED);
    const leads = [...states.values()].some((state) => this.core.view(state)['role'] === 'leader');
    if (!leads) this.found.add(ELECTED, 0, 'all is calm at the end, and nobody leads');
  }
}

/** A stage as a laboratory of its own, for a core of anybody's. */
function stageLab(own: OwnRaft, stage: RaftStage): ProtocolLab {
  return {
    name: `own-raft-${stage.name}`,
    about: stage.about,
    nodes: NODES,
    core: ({ nodes }) => own(nodes) as Watched,
    monitor: ({ nodes }) => new OwnRaftMonitor(own(nodes) as Watched),
    promises: [ONE_LEADER, ELECTED],
    operations:
      stage.ratePerSecond === 0
        ? []
        : [
            { f: 'read', weight: 5, judged: true, atTheEnd: true },
            { f: 'write', weight: 3, judged: true, input: (draw) => draw.unique() },
            { f: 'cas', weight: 2, judged: true, input: (draw) => [draw.latest, draw.unique()] },
          ],
    model: stage.ratePerSecond === 0 ? null : 'cas-register',
    clients: { kind: 'one-at-a-time', retries: true },
    command: commandOf,
    answer: (result) => answerOf(result as RaftResult),
    leads: (state) => own(NODES).view(state)['role'] === 'leader',
    dependsOnDurations: true,
    survives: ['crash-recovery', 'omission', 'timing'],
    troubles: stage.troubles,
    load: {
      clients: stage.ratePerSecond === 0 ? 0 : 4,
      keys: 3,
      ratePerSecond: Math.max(1, stage.ratePerSecond),
    },
    bounds: { simulatedSeconds: SECONDS, recoverWithinMs: 2_500 },
    recovers: stage.ratePerSecond > 0,
    defects: [],
  };
}

function commandOf({ process, sequence, f, key, input }: Parameters<ProtocolLab['command']>[0]): RaftCommand {
  const client = process + 1;
  if (f === 'read') return { client, sequence, operation: { f: 'get', key }, read: 'index' };
  if (f === 'write') return { client, sequence, operation: { f: 'put', key, value: input } };
  const [from, to] = input as readonly [number, number];
  return { client, sequence, operation: { f: 'cas', key, from, to } };
}

function answerOf(result: RaftResult): LabAnswer {
  if (result.ok) return { kind: 'done', output: result.value };
  if (result.error === 'not-leader') return { kind: 'redirect', node: result.leader };
  return result.error === 'busy' ? { kind: 'redirect', node: 0 } : { kind: 'unclear' };
}

/** Marks a core stage by stage; a stage behind one that is not passed is not run. Throws `AnswerError` for what is no function. */
export function gradeRaft(submitted: unknown, seeds: number = RAFT_STAGE_SEEDS): Grade {
  if (typeof submitted !== 'function')
    throw new AnswerError('the default export', 'a function from nodes to a core', typeof submitted);
  const own = submitted as OwnRaft;
  let failedAt: string | undefined;
  return {
    marks: RAFT_STAGES.map((stage) =>
      markCase(`${stage.name}: ${stage.about}`, () => {
        if (failedAt !== undefined) return { because: `it was not run: '${failedAt}' comes first` };
        const because = firstBreach(own, stage, seeds);
        if (because === undefined) return undefined;
        failedAt = stage.name;
        return { because, belief: stage.belief };
      }),
    ),
  };
}

function firstBreach(own: OwnRaft, stage: RaftStage, seeds: number): string | undefined {
  const experiment = labExperiment(stageLab(own, stage));
  for (let seed = 1; seed <= seeds; seed++) {
    const broken = simulate(experiment, seed).verdicts.find(({ status }) => status === 'violated');
    if (broken !== undefined) return `seed ${seed}: ${broken.promise}: ${broken.reason}`;
  }
  return undefined;
}

/** The file a learner begins with. */
export const RAFT_BLANK: string = `import type { Core, OwnRaft, RaftCommand, RaftResult } from 'holdfast';

interface Node {
  readonly self: number;
  term: number;
  role: 'follower' | 'candidate' | 'leader';
}

// A core does no input or output: it changes its state and names effects on 'out'. kv of 'holdfast' is a state machine to apply commands to.
const own: OwnRaft = (nodes): Core<Node, unknown, RaftCommand, RaftResult> => ({
  name: 'my raft',
  boot({ self, records }, out) {
    // records: what was stored before a crash. Timers have names; their length is drawn between two bounds.
    out.setTimer('election', 150, 300);
    return { self, term: Number(records['term'] ?? 0), role: 'follower' };
  },
  step(state, event, out) {
    // event.kind: 'message', 'timer', 'request' or 'stored'. What must not leave before it is durable takes the token of its store:
    //   const token = out.store([{ key: 'term', value: state.term }]);
    //   out.send(nodes[0], message, token);
    if (event.kind === 'timer') out.setTimer('election', 150, 300);
    if (event.kind === 'request') out.reply(event.id, { ok: false, error: 'not-leader', leader: 0, detail: '' });
  },
  messageType: () => 'message',
  view: ({ role, term }) => ({ role, term }),
});

export default own as OwnRaft;
`;
