import type { Searching } from '../searching.ts';
import type { SearchEnd, SearchOptions, Witness } from '../searchOptions.ts';
import { type Space, Successors } from '../space.ts';
import { PartialOrderError } from './ample.ts';
import { Execution } from './execution.ts';
import { FATES, RunFrame, type RunStep } from './runFrame.ts';
import type { StepDependence } from './stepDependence.ts';

/** Steps of a run at most: one that is longer is taken for endless. */
const MOST_STEPS = 10_000;

/**
 * Dynamic partial-order reduction: every run up to the order of steps that do not depend on one another (Mazurkiewicz traces), each once,
 * by following one order of it and going back where that shows that another order makes a difference. Source sets with sleep sets
 * (Abdulla, Aronis, Jonsson and Sagonas, POPL 2014), over messages and nodes in place of threads and locks: a step waits not for its turn
 * in a program but for its message, so races are looked for where a message is put into the network, with every step that its node has
 * taken since and that does not come before it in any case.
 *
 * Stateless: no state is remembered but those of the run at hand, so that it needs next to no memory and nothing is ever taken for
 * something else; but states in which different runs meet are gone through again for each. That is what source sets cost: they pay where
 * runs are long and hardly ever meet. Sleep sets keep complete runs from being followed twice; without wake-up trees some runs are begun in
 * vain (`blocked`) and given up when all that could follow is known. Runs must end: one that comes back to a state is refused.
 *
 * Kept are final states and verdicts of `always`, `reachable` and `terminal` promises. Not kept: counts of states, the length of shortest runs.
 */
export class DynamicSearch implements Searching {
  readonly order = 'depth';
  readonly confusions = 0;
  readonly unexpanded = 0;
  readonly spillFailure = undefined;
  readonly levels: readonly number[] = [];
  readonly witnesses: Witness[] = [];
  /** States gone through, each as often as it was. */
  states = 0;
  generated = 0;
  depth = 0;
  /** Runs followed to their end, and runs given up as every step that could follow is known. */
  complete = 0;
  blocked = 0;
  end: SearchEnd | undefined;
  private readonly space: Space;
  private readonly dependence: StepDependence;
  private readonly options: SearchOptions;
  private readonly onEnd: ((words: Int32Array) => void) | undefined;
  private readonly frames: RunFrame[] = [];
  private execution: Execution;
  private readonly onRun = new Set<string>();
  private readonly out = new Successors();
  private readonly paths: (readonly number[])[] = [];
  private roots = 0;
  private pending: number;
  private readonly terminal: number;
  private readonly stopping: number;

  /** `onEnd` hears the last state of each complete run. */
  constructor(
    space: Space,
    dependence: StepDependence,
    options: SearchOptions,
    onEnd?: (words: Int32Array) => void,
  ) {
    this.space = space;
    this.dependence = dependence;
    this.options = options;
    this.onEnd = onEnd;
    this.execution = new Execution(dependence, new Int32Array(0));
    const mask = (test: (kind: string) => boolean): number =>
      space.properties.reduce((bits, { kind }, i) => (test(kind) ? bits | (1 << i) : bits), 0);
    this.pending = mask(() => true);
    this.terminal = mask((kind) => kind === 'terminal');
    this.stopping = mask((kind) => kind !== 'reachable');
  }

  get queued(): number {
    return this.frames.length;
  }

  get bytes(): number {
    const run = this.frames.reduce((sum, { words, steps }) => sum + words.byteLength + 64 * steps.length, 0);
    return run + this.space.bytes;
  }

  save(): undefined {
    return undefined;
  }

  stop(end: 'cancelled' | 'bytes'): void {
    this.end ??= end;
  }

  pathTo(state: number): readonly number[] {
    return this.paths[state] ?? [];
  }

  advance(quota: number): boolean {
    for (let left = quota; left > 0 && this.end === undefined; ) {
      const frame = this.frames.at(-1);
      const next = frame?.steps.findIndex(({ fate }) => fate === FATES.due) ?? -1;
      if (frame === undefined) {
        this.begin();
        left--;
      } else if (next < 0) this.leave(frame);
      else {
        this.take(frame, next);
        left--;
      }
    }
    return this.end === undefined;
  }

  /** Begins with the next initial state. */
  private begin(): void {
    const words = this.space.initial()[this.roots];
    if (words === undefined) {
      this.end = 'complete';
      return;
    }
    this.execution = new Execution(this.dependence, this.dependence.inFlight(words));
    this.generated++;
    this.roots++;
    this.arrive(words.slice(), []);
  }

  private leave(frame: RunFrame): void {
    this.frames.pop();
    this.onRun.delete(nameOf(frame));
    if (this.frames.length > 0) this.execution.pop();
  }

  private take(frame: RunFrame, index: number): void {
    const { space, out } = this;
    const step = frame.steps[index] as RunStep;
    step.fate = FATES.taken;
    frame.current = index;
    this.generated++;
    this.execution.push(step, step.touches);
    const { words } = frame;
    out.clear();
    out.push(0, 0, step.move, step.about, step.row);
    const target = new Int32Array(space.roomAfter(words.length));
    const end = space.write(words, 0, words.length, out, 0, target, 0);
    this.arrive(target.slice(0, end), frame.sleepers());
  }

  private arrive(words: Int32Array, asleep: readonly RunStep[]): void {
    const { space, out, frames } = this;
    out.clear();
    space.hash(words, 0, words.length);
    space.expand(words, 0, words.length, space.low, space.high, out);
    const frame = new RunFrame(words, space, out, this.dependence, asleep);
    if (this.onRun.has(nameOf(frame)) || frames.length > MOST_STEPS)
      throw new PartialOrderError(space.name, 'its runs need not end, and each is followed to its end');
    frames.push(frame);
    this.onRun.add(nameOf(frame));
    this.states++;
    this.depth = Math.max(this.depth, frames.length);
    this.judge(words, ~this.terminal, false);
    this.lookBack(frame);
    if (frame.steps.length === 0) {
      this.complete++;
      this.onEnd?.(words);
      this.judge(words, this.terminal, true);
    } else if (!frame.begin()) this.blocked++;
    if (this.states > this.options.maxStates) this.end ??= 'states';
    if (this.states % 1024 === 0 && this.bytes > this.options.maxBytes) this.end ??= 'bytes';
  }

  /** What the last step makes possible may have to come before steps that were taken already. */
  private lookBack(frame: RunFrame): void {
    const { execution, dependence } = this;
    const last = execution.length - 1;
    const happening = execution.happened[last];
    if (happening === undefined) return;
    const { step, touches } = happening;
    const put = dependence.putBy(step).filter((envelope) => execution.isNew(envelope));
    const clients = touches.map((resource) => dependence.clientOf(resource)).filter((client) => client >= 0);
    if (!dependence.ignoresWhatComes) {
      for (const envelope of put)
        this.race(dependence.recipient(envelope), execution.upTo(last), (words) =>
          dependence.mayArrive(words, envelope),
        );
      for (const client of clients)
        for (const host of dependence.askedBy(frame.words, client))
          this.race(host, execution.upTo(last), () => true);
    }
    const host = dependence.hostOf((this.frames.at(-2) as RunFrame).words, step);
    const possible = dependence.possible(
      frame.words,
      (slot) => slot === host,
      (envelope) => put.includes(envelope),
      (client) => clients.includes(client),
    );
    for (const next of possible) {
      const touched = dependence.touches(frame.words, next);
      const own = dependence.hostOf(frame.words, next);
      const past = execution.upTo(execution.enablerOf(next)) | execution.lastOf(own) | execution.upTo(last);
      for (const resource of touched) if (resource >= dependence.nodes) this.race(resource, past, () => true);
    }
  }

  /** Something to come touches a thing; who touched it before, and is not among its `past`, may as well come after it. */
  private race(resource: number, past: bigint, makesDifference: (words: Int32Array) => boolean): void {
    for (const earlier of this.execution.whoTouched(resource)) {
      if (((past >> BigInt(earlier)) & 1n) === 1n) continue;
      const frame = this.frames[earlier] as RunFrame;
      if (makesDifference(frame.words)) this.reverse(frame, earlier);
    }
  }

  /** In a state of the run some step has to be taken that leads to what has happened since without what happened there. */
  private reverse(frame: RunFrame, earlier: number): void {
    const { happened } = this.execution;
    let without = 0n;
    const first: RunStep[] = [];
    for (let number = earlier + 1; number < happened.length; number++) {
      const { past, step } = happened[number] as (typeof happened)[number];
      if (((past >> BigInt(earlier)) & 1n) === 1n) continue;
      const enabled = (past & without) === 0n ? frame.find(step) : undefined;
      if (enabled !== undefined) first.push(enabled);
      without |= 1n << BigInt(number);
    }
    const [one] = first;
    if (one === undefined || first.some(({ fate }) => fate !== FATES.left)) return;
    frame.demand(one);
  }

  private judge(words: Int32Array, asked: number, stuck: boolean): void {
    const { space } = this;
    const open = asked & this.pending;
    const found = open === 0 ? 0 : space.judge(words, 0, words.length, open, stuck);
    if (found === 0) return;
    this.pending &= ~found;
    const path = this.frames.slice(0, -1).map(({ current }) => current);
    const state = this.paths.push([this.roots - 1, ...path]) - 1;
    space.properties.forEach((_, property) => {
      if ((found & (1 << property)) !== 0) this.witnesses.push({ property, state });
    });
    if ((found & this.stopping) !== 0 && this.options.stopAtViolation) this.end ??= 'violated';
  }
}

function nameOf({ low, high }: RunFrame): string {
  return `${low} ${high}`;
}
