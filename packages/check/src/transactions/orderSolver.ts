import { Int32Column } from './growable.ts';
import { CERTAIN, IncrementalOrder } from './incrementalOrder.ts';

/** What to change when everything is chosen: alternatives may have been added, and sets of literals found that must not all hold. */
export interface Extension {
  readonly added: boolean;
  readonly refuted: readonly (readonly number[])[];
}

/** How a search ended: an order was found, there is none, or the step limit was spent. */
export type SolverResult = 'found' | 'none' | 'spent';

const UNSET = -1;
const DECISION = -1;
/** Conflicts between restarts, times the Luby sequence. */
const RESTART_UNIT = 64;
const ACTIVITY_DECAY = 0.95;
const ACTIVITY_CEILING = 1e100;

/**
 * Finds a choice for each of some alternatives such that the edges chosen form no cycle with the certain ones:
 * conflict-driven clause learning (Marques-Silva and Sakallah, GRASP, 1999; first unique implication point, two watched
 * literals, activities, Luby restarts) over an incrementally ordered graph. Alternatives may be added while it searches.
 * Deterministic; limited by steps.
 *
 * A literal is `2 * choice` for the first alternative, `2 * choice + 1` for the second.
 */
export class OrderSolver {
  readonly order: IncrementalOrder;
  private certainCycle = false;
  private choices = 0;
  /** Edges of literal `l`: pairs of nodes from `edgeStart[l]` on. */
  private readonly edgeStart = new Int32Column();
  private readonly edgeNodes = new Int32Column();
  private readonly clauses: number[][] = [];
  private readonly watches: number[][] = [];
  private readonly value: number[] = [];
  private readonly level: number[] = [];
  private readonly reason: number[] = [];
  private readonly seen: number[] = [];
  private readonly activity: number[] = [];
  private increment = 1;
  private readonly heap: ActivityHeap = new ActivityHeap(this.activity);
  private readonly trail: number[] = [];
  private readonly trailEdges: number[] = [];
  private readonly levelStart: number[] = [];
  private propagated = 0;
  private work = 0;

  private readonly turns: Float64Array;

  /** `turns` says in what order the nodes probably come; the search starts from there. */
  constructor(nodes: number, turns: Float64Array = Float64Array.from({ length: nodes }, (_, node) => node)) {
    this.order = new IncrementalOrder(nodes);
    this.turns = turns;
    this.edgeStart.push(0);
  }

  get steps(): number {
    return this.work + this.order.steps;
  }

  /** An edge that holds whatever is chosen. All of them come before `solve`. */
  certain(from: number, to: number): void {
    if (from === to) this.certainCycle = true;
    else this.order.addBlindly(from, to, CERTAIN);
  }

  /** An alternative: the edges of one side or those of the other, as pairs of nodes. Returns its number. */
  choice(first: readonly number[], second: readonly number[]): number {
    for (const side of [first, second]) {
      for (const node of side) this.edgeNodes.push(node);
      this.edgeStart.push(this.edgeNodes.length);
      this.value.push(UNSET);
      this.watches.push([]);
    }
    this.level.push(0);
    this.reason.push(DECISION);
    this.seen.push(0);
    this.activity.push(0);
    this.heap.push(this.choices);
    return this.choices++;
  }

  /** Whether the first alternative was chosen; after `found`. */
  chosenFirst(choice: number): boolean {
    return this.value[2 * choice] === 1;
  }

  /** Searches until everything is chosen and `extend`, asked then, has nothing to add and nothing to refute. */
  solve(stepLimit: number, extend?: () => Extension): SolverResult {
    if (this.certainCycle || !this.order.settle(this.turns)) return 'none';
    let conflicts = 0;
    let restarts = 1;
    for (;;) {
      const conflict = this.propagate();
      if (conflict !== undefined) {
        conflicts++;
        if (!this.learn(conflict)) return 'none';
        if (conflicts < RESTART_UNIT * luby(restarts)) continue;
        conflicts = 0;
        restarts++;
        this.backtrack(0);
        continue;
      }
      if (this.steps > stepLimit) return 'spent';
      const decision = this.nextDecision();
      if (decision !== undefined) {
        this.levelStart.push(this.trail.length);
        this.assign(decision, DECISION);
        continue;
      }
      // Places have drifted while edges came and went: back to the likely order, as far as the choices allow.
      this.order.settle(this.turns);
      const { added, refuted } = extend?.() ?? { added: false, refuted: [] };
      if (refuted.length > 0) this.backtrack(0);
      else if (!added) return 'found';
      for (const literals of refuted)
        if (!this.addClause(literals.map((literal) => literal ^ 1))) return 'none';
    }
  }

  /** Adds a clause at the top level; false when it cannot be satisfied. */
  private addClause(literals: readonly number[]): boolean {
    const clause = [...new Set(literals)].filter((literal) => this.value[literal] !== 0);
    if (clause.some((literal) => this.value[literal] === 1)) return true;
    if (clause.length === 0) return false;
    if (clause.length === 1) {
      this.assign(clause[0] as number, DECISION);
      return true;
    }
    this.attach(clause);
    return true;
  }

  private attach(clause: number[]): number {
    const index = this.clauses.push(clause) - 1;
    (this.watches[clause[0] as number] as number[]).push(index);
    (this.watches[clause[1] as number] as number[]).push(index);
    return index;
  }

  private assign(literal: number, reason: number): void {
    this.value[literal] = 1;
    this.value[literal ^ 1] = 0;
    this.level[literal >> 1] = this.levelStart.length;
    this.reason[literal >> 1] = reason;
    this.trail.push(literal);
  }

  /** Follows all consequences; returns literals that are all false when they contradict one another. */
  private propagate(): readonly number[] | undefined {
    while (this.propagated < this.trail.length) {
      const literal = this.trail[this.propagated] as number;
      this.trailEdges[this.propagated++] = this.order.edges;
      const conflict = this.insertEdges(literal) ?? this.propagateClauses(literal ^ 1);
      if (conflict !== undefined) return conflict;
    }
    return undefined;
  }

  private insertEdges(literal: number): readonly number[] | undefined {
    const end = this.edgeStart.data[literal + 1] as number;
    for (let i = this.edgeStart.data[literal] as number; i < end; i += 2) {
      const from = this.edgeNodes.data[i] as number;
      const cycle = this.order.add(from, this.edgeNodes.data[i + 1] as number, literal);
      this.work++;
      if (cycle === undefined) continue;
      const literals = new Set(cycle.filter((label) => label !== CERTAIN));
      literals.add(literal);
      return Array.from(literals, (each) => each ^ 1);
    }
    return undefined;
  }

  /** Clauses that watched a literal now false find another to watch, or force their last one. */
  private propagateClauses(falsified: number): readonly number[] | undefined {
    const watching = this.watches[falsified] as number[];
    let kept = 0;
    for (let i = 0; i < watching.length; i++) {
      const index = watching[i] as number;
      const clause = this.clauses[index] as number[];
      this.work++;
      if (clause[0] === falsified) [clause[0], clause[1]] = [clause[1] as number, falsified];
      const first = clause[0] as number;
      if (this.value[first] !== 1) {
        let other = 2;
        while (other < clause.length && this.value[clause[other] as number] === 0) other++;
        if (other < clause.length) {
          [clause[1], clause[other]] = [clause[other] as number, falsified];
          (this.watches[clause[1] as number] as number[]).push(index);
          continue;
        }
        if (this.value[first] === 0) {
          while (i < watching.length) watching[kept++] = watching[i++] as number;
          watching.length = kept;
          return clause;
        }
        this.assign(first, index);
      }
      watching[kept++] = index;
    }
    watching.length = kept;
    return undefined;
  }

  /** Learns from a conflict and steps back to where what was learnt decides something. False: nothing is left. */
  private learn(conflict: readonly number[]): boolean {
    const top = Math.max(...conflict.map((literal) => this.level[literal >> 1] as number));
    if (top === 0) return false;
    // An edge conflict may lie wholly below the current level.
    if (top < this.levelStart.length) this.backtrack(top);
    const learnt = this.firstImplicationPoint(conflict, top);
    const back = Math.max(0, ...learnt.slice(1).map((literal) => this.level[literal >> 1] as number));
    this.backtrack(back);
    this.increment /= ACTIVITY_DECAY;
    const asserted = learnt[0] as number;
    if (learnt.length === 1) this.assign(asserted, DECISION);
    else {
      const deepest = learnt.findIndex((literal, i) => i > 0 && this.level[literal >> 1] === back);
      [learnt[1], learnt[deepest]] = [learnt[deepest] as number, learnt[1] as number];
      this.assign(asserted, this.attach(learnt));
    }
    return true;
  }

  private firstImplicationPoint(conflict: readonly number[], top: number): number[] {
    const below: number[] = [];
    const marked: number[] = [];
    let open = 0;
    let at = this.trail.length;
    let source: readonly number[] = conflict;
    for (;;) {
      for (const literal of source) {
        const choice = literal >> 1;
        if (this.seen[choice] === 1 || this.level[choice] === 0) continue;
        this.seen[choice] = 1;
        marked.push(choice);
        this.bump(choice);
        if (this.level[choice] === top) open++;
        else below.push(literal);
      }
      this.work += source.length;
      do at--;
      while (this.seen[(this.trail[at] as number) >> 1] === 0);
      const literal = this.trail[at] as number;
      this.seen[literal >> 1] = 0;
      if (--open === 0) {
        for (const choice of marked) this.seen[choice] = 0;
        return [literal ^ 1, ...below];
      }
      source = (this.clauses[this.reason[literal >> 1] as number] as number[]).filter(
        (each) => each !== literal,
      );
    }
  }

  private bump(choice: number): void {
    const raised = (this.activity[choice] as number) + this.increment;
    this.activity[choice] = raised;
    if (raised > ACTIVITY_CEILING) {
      for (let i = 0; i < this.activity.length; i++)
        this.activity[i] = (this.activity[i] as number) / ACTIVITY_CEILING;
      this.increment /= ACTIVITY_CEILING;
    }
    this.heap.raise(choice);
  }

  private backtrack(level: number): void {
    if (this.levelStart.length <= level) return;
    const keep = this.levelStart[level] as number;
    if (this.propagated > keep) this.order.shrink(this.trailEdges[keep] as number);
    for (let i = this.trail.length - 1; i >= keep; i--) {
      const literal = this.trail[i] as number;
      this.value[literal] = UNSET;
      this.value[literal ^ 1] = UNSET;
      this.heap.push(literal >> 1);
    }
    this.trail.length = keep;
    this.levelStart.length = level;
    this.propagated = Math.min(this.propagated, keep);
  }

  /** The most active open choice, on the side that agrees better with the likely order of the nodes. */
  private nextDecision(): number | undefined {
    for (let choice = this.heap.pop(); choice !== undefined; choice = this.heap.pop()) {
      if (this.value[2 * choice] !== UNSET) continue;
      return this.lag(2 * choice) <= this.lag(2 * choice + 1) ? 2 * choice : 2 * choice + 1;
    }
    return undefined;
  }

  /** How far behind its end a side's first edge begins in the likely order; without edges it costs nothing. */
  private lag(literal: number): number {
    const at = this.edgeStart.data[literal] as number;
    if (at === this.edgeStart.data[literal + 1]) return Number.NEGATIVE_INFINITY;
    const [from, to] = [this.edgeNodes.data[at] as number, this.edgeNodes.data[at + 1] as number];
    return (this.turns[from] as number) - (this.turns[to] as number);
  }
}

/** 1 1 2 1 1 2 4 1 1 2 ... */
function luby(index: number): number {
  let size = 1;
  let power = 0;
  while (size < index) {
    size = 2 * size + 1;
    power++;
  }
  let left = index;
  while (size !== left) {
    size = (size - 1) / 2;
    power--;
    if (left > size) left -= size;
  }
  return 2 ** power;
}

/** A binary heap of choices, the most active on top; ties go to the smaller number. */
class ActivityHeap {
  private readonly items: number[] = [];
  private readonly position: number[] = [];
  private readonly activity: readonly number[];

  constructor(activity: readonly number[]) {
    this.activity = activity;
  }

  push(choice: number): void {
    while (this.position.length <= choice) this.position.push(-1);
    if ((this.position[choice] as number) >= 0) return;
    this.items.push(choice);
    this.rise(this.items.length - 1);
  }

  raise(choice: number): void {
    const at = this.position[choice] as number;
    if (at >= 0) this.rise(at);
  }

  pop(): number | undefined {
    const top = this.items[0];
    const last = this.items.pop();
    if (top === undefined || last === undefined) return undefined;
    this.position[top] = -1;
    if (top !== last) {
      this.items[0] = last;
      this.sink(0);
    }
    return top;
  }

  private ahead(a: number, b: number): boolean {
    const difference = (this.activity[a] as number) - (this.activity[b] as number);
    return difference > 0 || (difference === 0 && a < b);
  }

  private rise(from: number): void {
    const item = this.items[from] as number;
    let at = from;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = this.items[above] as number;
      if (!this.ahead(item, parent)) break;
      this.items[at] = parent;
      this.position[parent] = at;
      at = above;
    }
    this.items[at] = item;
    this.position[item] = at;
  }

  private sink(from: number): void {
    const item = this.items[from] as number;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.items.length) break;
      const right = this.items[child + 1];
      if (right !== undefined && this.ahead(right, this.items[child] as number)) child++;
      const below = this.items[child] as number;
      if (!this.ahead(below, item)) break;
      this.items[at] = below;
      this.position[below] = at;
      at = child;
    }
    this.items[at] = item;
    this.position[item] = at;
  }
}
