import { clonePlain, type Plain } from '@holdfast/plain';
import { type CaseFinding, functionsOf, markCase } from '../code.ts';
import { Draws } from '../draws.ts';
import type { Grade } from '../exercise.ts';

/** What a node of the kata does in one step. */
export interface ElectionStep {
  /** Its state from now on: plain data. */
  readonly state: Plain;
  readonly send: readonly { readonly to: number; readonly message: Plain }[];
  /** The term it leads in from now on, until it says otherwise; null when it does not lead. */
  readonly leads: number | null;
  /** Whether its election timer begins anew: it has heard of a leader, or given its vote. */
  readonly heard?: boolean;
}

/** A toy election as a learner writes it. Nodes are 0 to `count - 1`. */
export interface ElectionDesign {
  start(me: number, count: number): Plain;
  /** Nothing was heard for an election timeout, which is of another length each time. */
  timeout(state: Plain): ElectionStep;
  message(state: Plain, from: number, message: Plain): ElectionStep;
  /** Called every 50 ms while the node leads. */
  heartbeat(state: Plain): ElectionStep;
  /** What is left of a state after a crash. */
  restart(state: Plain): Plain;
}

/** The file a learner begins with. */
export const ELECTION_BLANK: string = `import type { ElectionDesign, ElectionStep } from 'holdfast';

interface Node {
  readonly me: number;
  readonly count: number;
  readonly term: number;
  readonly votedFor: number | null;
  readonly votes: readonly number[];
  readonly leads: boolean;
}

// A node that hears nothing asks everybody for a vote in the next term; a majority of votes makes a leader. What is missing?
const design: ElectionDesign = {
  start: (me, count) => ({ me, count, term: 0, votedFor: null, votes: [], leads: false }),
  timeout: (state) => step(state as unknown as Node),
  message: (state) => step(state as unknown as Node),
  heartbeat: (state) => step(state as unknown as Node),
  restart: (state) => state,
};

function step(node: Node): ElectionStep {
  return { state: { ...node, votes: [...node.votes] }, send: [], leads: node.leads ? node.term : null };
}

export default design;
`;

/** Seeds of the whole suite. */
export const ELECTION_SEEDS = 1_000;
const COUNT = 5;
const CHAOS_MS = 1_500;
const CALM_MS = 1_500;
const HEARTBEAT_MS = 50;
const MOST_EVENTS = 20_000;

type Deed =
  | { readonly kind: 'timeout' | 'heartbeat'; readonly node: number; readonly armed: number }
  | { readonly kind: 'message'; readonly node: number; readonly from: number; readonly message: Plain }
  | { readonly kind: 'crash'; readonly at: number };

/** One run of a design: five nodes, chaos, and then calm. */
class ElectionRun {
  readonly leaders = new Map<number, number>();
  split: string | undefined;
  private readonly design: ElectionDesign;
  private readonly draws: Draws;
  private readonly queue: { readonly atMs: number; readonly deed: Deed }[] = [];
  private readonly states: Plain[];
  private readonly leads: (number | null)[] = Array.from({ length: COUNT }, () => null);
  private readonly armed: number[] = Array.from({ length: COUNT }, () => 0);
  private nowMs = 0;
  private lastChangeMs = 0;

  constructor(design: ElectionDesign, seed: number) {
    this.design = design;
    this.draws = new Draws(seed, 'election kata');
    this.states = Array.from({ length: COUNT }, (_, me) => clonePlain(design.start(me, COUNT)));
    for (let node = 0; node < COUNT; node++) this.armTimeout(node);
    for (let at = 40; at < CHAOS_MS; at += 40)
      if (this.draws.below(3) === 0) this.push(at, { kind: 'crash', at });
  }

  play(): CaseFinding {
    for (let events = 0; events < MOST_EVENTS; events++) {
      const next = this.queue.shift();
      if (next === undefined || next.atMs > CHAOS_MS + CALM_MS || this.split !== undefined) break;
      this.nowMs = next.atMs;
      this.run(next.deed);
    }
    return undefined;
  }

  /** Whether somebody leads at the end, in the highest term, and has for a while. */
  isSettled(): boolean {
    const terms = this.leads.filter((term) => term !== null);
    return terms.length > 0 && this.lastChangeMs < CHAOS_MS + CALM_MS / 2;
  }

  private run(deed: Deed): void {
    if (deed.kind === 'crash') {
      const node = this.draws.below(COUNT);
      this.states[node] = clonePlain(this.design.restart(clonePlain(this.states[node] ?? null)));
      this.setLeads(node, null);
      this.armTimeout(node);
      return;
    }
    const { node } = deed;
    const state = clonePlain(this.states[node] ?? null);
    if (deed.kind === 'message') {
      this.take(node, this.design.message(state, deed.from, clonePlain(deed.message)));
      return;
    }
    if (deed.kind === 'heartbeat') {
      if (this.leads[node] === null || this.leads[node] === undefined) return;
      this.take(node, this.design.heartbeat(state));
      this.push(this.nowMs + HEARTBEAT_MS, deed);
      return;
    }
    if (this.armed[node] !== deed.armed) return;
    this.take(node, this.design.timeout(state));
    if (this.armed[node] === deed.armed) this.armTimeout(node);
  }

  private take(node: number, { state, send, leads, heard = false }: ElectionStep): void {
    this.states[node] = clonePlain(state);
    for (const { to, message } of send) this.send(node, to, clonePlain(message));
    const began = leads !== null && this.leads[node] === null;
    this.setLeads(node, leads);
    if (began) this.push(this.nowMs + HEARTBEAT_MS, { kind: 'heartbeat', node, armed: 0 });
    if (heard || leads !== null) this.armTimeout(node);
  }

  private setLeads(node: number, term: number | null): void {
    if (this.leads[node] !== term) this.lastChangeMs = this.nowMs;
    this.leads[node] = term;
    if (term === null) return;
    const other = this.leaders.get(term);
    if (other !== undefined && other !== node)
      this.split = `nodes ${other} and ${node} both lead in term ${term}`;
    this.leaders.set(term, node);
  }

  private send(from: number, to: number, message: Plain): void {
    const isChaos = this.nowMs < CHAOS_MS;
    if (to < 0 || to >= COUNT || to === from || (isChaos && this.draws.below(5) === 0)) return;
    const copies = isChaos && this.draws.below(10) === 0 ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      const delay = isChaos ? this.draws.between(1, 120) : this.draws.between(1, 5);
      this.push(this.nowMs + delay, { kind: 'message', node: to, from, message });
    }
  }

  private armTimeout(node: number): void {
    const armed = (this.armed[node] ?? 0) + 1;
    this.armed[node] = armed;
    this.push(this.nowMs + this.draws.between(150, 300), { kind: 'timeout', node, armed });
  }

  private push(atMs: number, deed: Deed): void {
    let at = this.queue.length;
    while (at > 0 && (this.queue[at - 1]?.atMs ?? 0) > atMs) at--;
    this.queue.splice(at, 0, { atMs, deed });
  }
}

const SPLIT =
  'a majority of votes makes one leader: only if nobody votes twice in a term, also after a restart, and late votes are not counted for another';
const STUCK = 'to be safe is enough: who never elects anybody is safe, too';

/** Runs a design under loss, doubling, delays and crashes: never two leaders of a term, and a leader once all is calm. */
export function gradeElection(submitted: unknown, seeds: number = ELECTION_SEEDS): Grade {
  const design = functionsOf<ElectionDesign>(submitted, [
    'start',
    'timeout',
    'message',
    'heartbeat',
    'restart',
  ]);
  let firstSplit: string | undefined;
  let firstStuck: number | undefined;
  const played = markCase(`runs ${seeds} seeds to their end`, () => {
    for (let seed = 1; seed <= seeds; seed++) {
      const run = new ElectionRun(design, seed);
      run.play();
      if (run.split !== undefined) firstSplit ??= `seed ${seed}: ${run.split}`;
      else if (!run.isSettled()) firstStuck ??= seed;
      if (firstSplit !== undefined && firstStuck !== undefined) break;
    }
    return undefined;
  });
  return {
    marks: [
      played,
      markCase(`safe: at most one leader in a term, in ${seeds} seeds`, () =>
        firstSplit === undefined ? undefined : { because: firstSplit, belief: SPLIT },
      ),
      markCase('live: a leader that stays, once all is calm', () =>
        firstStuck === undefined
          ? undefined
          : { because: `seed ${firstStuck}: nobody leads, or leaders go on changing`, belief: STUCK },
      ),
    ],
  };
}
