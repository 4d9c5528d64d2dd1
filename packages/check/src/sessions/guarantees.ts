import { type ByKey, writesByKey } from '../causal/byKey.ts';
import { type Breach, type Judgement, type Say, tellWay } from '../causal/breach.ts';
import { placeNodes, positions } from '../causal/place.ts';
import { INITIAL, type Registers } from '../causal/registers.ts';
import { type Requirement, requirementOf, type SessionGuarantee } from './required.ts';

/**
 * A session guarantee holds when each session can put the writes of each key into one order of versions, a session's own in their
 * order, such that no read returns a version older than one it must have seen. What must have been seen differs by guarantee.
 */
export function judgeGuarantee(registers: Registers, guarantee: SessionGuarantee): Judgement {
  return new GuaranteeJudge(registers, guarantee).judge();
}

/** `older` is an older version than `newer`: known for all sessions, or because `read` returned `newer` when `older` must have been seen. */
interface VersionStep {
  readonly older: number;
  readonly newer: number;
  readonly read: number;
}

class GuaranteeJudge {
  private readonly registers: Registers;
  private readonly guarantee: SessionGuarantee;
  private readonly writes: ByKey;
  private readonly requirement: Requirement;
  private steps = 0;

  constructor(registers: Registers, guarantee: SessionGuarantee) {
    this.registers = registers;
    this.guarantee = guarantee;
    this.writes = writesByKey(registers);
    this.requirement = requirementOf(guarantee, registers, this.writes);
  }

  judge(): Judgement {
    const { registers, requirement } = this;
    const { source, keyOf, sessions } = registers;
    const guess = this.guessVersions();
    const impossible = guess === undefined ? this.findKnownCycle() : undefined;
    if (impossible !== undefined) return this.found(this.cycleBreach(impossible));
    for (let s = 0; s < sessions; s++) {
      const doubtful = new Set<number>();
      let unseen: VersionStep | undefined;
      requirement.each(s, (read, write) => {
        this.steps++;
        const from = source[read] as number;
        if (from === INITIAL) unseen ??= { older: write, newer: INITIAL, read };
        else if (from >= 0 && (guess === undefined || (guess[write] as number) > (guess[from] as number))) {
          doubtful.add(keyOf[read] as number);
        }
      });
      if (unseen !== undefined) return this.found(this.unseenBreach(unseen.read, unseen.older));
      const cycle = doubtful.size === 0 ? undefined : this.findCycle(s, doubtful);
      if (cycle !== undefined) return this.found(this.cycleBreach(cycle));
    }
    return { steps: this.steps };
  }

  private found(breach: Breach): Judgement {
    return { breach, steps: this.steps };
  }

  /** An order of all writes that fits what is known of versions; undefined when there may be none. */
  private guessVersions(): Int32Array | undefined {
    const { registers } = this;
    this.steps += registers.count;
    if (this.guarantee !== 'writes-follow-reads') return positions(registers.inOrder, registers.count);
    const { complete, order } = placeNodes(registers);
    return complete ? positions(order, registers.count) : undefined;
  }

  /** What is known of the versions of a key whatever a session read: each session's own order, and, if writes follow reads, theirs. */
  private knownSteps(key: number): VersionStep[] {
    const { writes, registers, guarantee } = this;
    const steps: VersionStep[] = [];
    for (let i = writes.keyStart[key] as number; i < (writes.keyStart[key + 1] as number); i++) {
      const end = writes.start[i + 1] as number;
      let before = -1;
      for (let at = writes.start[i] as number; at < end; at++) {
        const write = writes.nodes[at] as number;
        if (before !== -1) steps.push({ older: before, newer: write, read: -1 });
        if (guarantee === 'writes-follow-reads') {
          const first =
            before === -1 ? (registers.sessionStart[writes.session[i] as number] as number) : before;
          for (let v = first; v < write; v++) {
            const from = registers.source[v] as number;
            if (from >= 0 && registers.keyOf[v] === key) steps.push({ older: from, newer: write, read: -1 });
          }
        }
        before = write;
      }
    }
    return steps;
  }

  /** Versions of one key that are older than themselves whatever anybody read: what sessions read and then wrote goes in a circle. */
  private findKnownCycle(): VersionStep[] | undefined {
    for (let key = 0; key < this.registers.keys; key++) {
      const cycle = this.cycleOf(this.knownSteps(key));
      if (cycle !== undefined) return cycle;
    }
    return undefined;
  }

  private cycleOf(steps: readonly VersionStep[]): VersionStep[] | undefined {
    this.steps += steps.length;
    const next = new Map<number, VersionStep[]>();
    for (const step of steps) {
      const out = next.get(step.older);
      if (out === undefined) next.set(step.older, [step]);
      else out.push(step);
    }
    return cycleAmong(next);
  }

  /** Versions of one of the keys that session `s` would need to be older than themselves. */
  private findCycle(s: number, among: ReadonlySet<number>): VersionStep[] | undefined {
    const { source, keyOf } = this.registers;
    const stepsOf = new Map([...among].map((key) => [key, this.knownSteps(key)]));
    this.requirement.each(s, (read, older) => {
      const newer = source[read] as number;
      if (newer >= 0 && newer !== older) stepsOf.get(keyOf[read] as number)?.push({ older, newer, read });
    });
    for (const steps of stepsOf.values()) {
      const cycle = this.cycleOf(steps);
      if (cycle !== undefined) return cycle;
    }
    return undefined;
  }

  private unseenBreach(read: number, write: number): Breach {
    const way = this.requirement.way(read, write);
    return {
      blocking: read,
      core: way,
      tell: (say) =>
        `${say(read)}, the value before any write, although it must have seen this: ${tellWay(way.slice(0, -1), say)}`,
    };
  }

  private cycleBreach(cycle: readonly VersionStep[]): Breach {
    const seen = cycle.filter((step) => step.read !== -1);
    const known = cycle.filter((step) => step.read === -1);
    const core = new Set<number>();
    for (const step of cycle) {
      core.add(step.older).add(step.newer);
      if (step.read !== -1) for (const v of this.requirement.way(step.read, step.older)) core.add(v);
      else for (const v of this.between(step)) core.add(v);
    }
    const { operations } = this.registers;
    const reads =
      seen.length > 0 ? seen.map((step) => step.read) : known.flatMap((step) => this.between(step));
    reads.sort((a, b) => (operations[b]?.id ?? 0) - (operations[a]?.id ?? 0));
    return {
      blocking: reads[0] ?? 0,
      core: [...core],
      tell: (say) =>
        seen.length > 0
          ? seen.map((step) => this.tellStep(step, cycle, say)).join('; and ')
          : `${known.flatMap((step) => this.tellKnown(step, say)).join('; ')}: each version would be older than itself`,
    };
  }

  /** That a read shows one version to be older than another for everybody. */
  private tellKnown(step: VersionStep, say: Say): string[] {
    return this.between(step).map(
      (read) => `${say(read)} before ${say(step.newer)}, so that is a newer version`,
    );
  }

  /** The read that shows a known order of versions of different sessions. */
  private between({ older, newer }: VersionStep): number[] {
    const { source, sessionOf } = this.registers;
    if (sessionOf[older] === sessionOf[newer]) return [];
    for (let v = newer - 1; v >= 0 && sessionOf[v] === sessionOf[newer]; v--)
      if (source[v] === older) return [v];
    return [];
  }

  private tellStep(step: VersionStep, cycle: readonly VersionStep[], say: Say): string {
    const way = this.requirement.way(step.read, step.older);
    const isAlone = cycle.filter((other) => other.read !== -1).length === 1;
    const age = isAlone ? 'an older version' : 'another version';
    return `${say(step.read)}, ${age} than it must have seen: ${tellWay(way.slice(0, -1), say)}`;
  }
}

/** A cycle of steps, if there is one. */
function cycleAmong(next: ReadonlyMap<number, readonly VersionStep[]>): VersionStep[] | undefined {
  const done = new Set<number>();
  for (const start of next.keys()) {
    if (done.has(start)) continue;
    const path: VersionStep[] = [];
    const depthOf = new Map<number, number>([[start, 0]]);
    const cursors = [0];
    for (let at = start; cursors.length > 0; ) {
      const cursor = cursors.length - 1;
      const step = next.get(at)?.[cursors[cursor] as number];
      if (step === undefined) {
        done.add(at);
        depthOf.delete(at);
        cursors.pop();
        at = path.pop()?.older ?? start;
        continue;
      }
      cursors[cursor] = (cursors[cursor] as number) + 1;
      const met = depthOf.get(step.newer);
      if (met !== undefined) return [...path.slice(met), step];
      if (done.has(step.newer)) continue;
      path.push(step);
      depthOf.set(step.newer, path.length);
      cursors.push(0);
      at = step.newer;
    }
  }
  return undefined;
}
