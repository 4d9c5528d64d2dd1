import type { Plain } from '@holdfast/plain';
import type { History, Operation } from '../../src/history/operation.ts';
import { Random } from './random.ts';

/** A cas-register whose clients are cut off half of the time, as a run of a replicated register looks. */
export interface PartitionedShape {
  readonly operations: number;
  /** Percent of the operations invoked while cut off whose outcome is unknown; a third of them took effect, some much later. */
  readonly unknown: number;
  /** Weights of reads, writes and compares. */
  readonly mix: readonly [number, number, number];
  /** How many different values there are; each is set once when left out. */
  readonly values?: number;
  /** How many reads answer what some operation set, but not the present value. */
  readonly wrong?: number;
}

interface Draft extends Omit<Operation, 'output'> {
  output: Plain;
  readonly effectAt: number;
}

const CLIENTS = 12;
const GAP = 10;
const LONGEST = 60;
const SPELLS = 6;

/** Operations begin every 10 us or so and last up to 60; a compare expects what was asked for last, so that it often matches. */
export function partitionedHistory(seed: number, shape: PartitionedShape): History {
  const random = new Random(seed);
  const drafts = draw(random, shape);
  let state: Plain = null;
  for (const draft of drafts.toSorted((a, b) => a.effectAt - b.effectAt || a.id - b.id)) {
    if (draft.effectAt === Number.POSITIVE_INFINITY) break;
    if (draft.f === 'read') draft.output = state;
    else if (draft.f === 'write') state = draft.input;
    else if ((draft.input as Plain[])[0] === state) state = (draft.input as Plain[])[1] ?? null;
    else draft.output = false;
  }
  const reads = drafts.filter(({ f, outcome }) => f === 'read' && outcome === 'ok');
  const writes = drafts.filter(({ f }) => f === 'write');
  // Of few operations all may be of one kind.
  for (let left = reads.length === 0 || writes.length === 0 ? 0 : (shape.wrong ?? 0); left > 0; left--)
    random.pick(reads).output = random.pick(writes).input;
  const operations = drafts.map((draft): Operation => {
    const { id, process, f, input, outcome, invokedAt, completedAt } = draft;
    const output = outcome === 'unknown' ? null : draft.output;
    return { id, process, f, input, outcome, output, invokedAt, completedAt };
  });
  return { operations, timeUnit: 'us' };
}

function draw(random: Random, shape: PartitionedShape): Draft[] {
  const drafts: Draft[] = [];
  const freeAt = new Array<number>(CLIENTS).fill(0);
  const names = freeAt.map((_, c) => c);
  let nextName = CLIENTS;
  let set = 0;
  const value = (n: number): Plain => (n === 0 ? null : shape.values === undefined ? n : n % shape.values);
  for (let id = 0; id < shape.operations; id++) {
    const invokedAt = id * GAP + random.below(GAP);
    // Nobody is free: one more client.
    let c = freeAt.findIndex((at) => at < invokedAt);
    if (c === -1) {
      c = names.push(nextName++) - 1;
      freeAt.push(0);
    }
    const isCutOff = Math.floor((id * SPELLS) / shape.operations) % 2 === 1;
    const isUnknown = isCutOff && random.chance(shape.unknown);
    const lasts = 1 + random.below(LONGEST);
    const f = pick(random, shape.mix);
    const input = f === 'read' ? null : f === 'write' ? value(++set) : [value(set), value(++set)];
    const late = random.below(random.chance(20) ? (shape.operations * GAP) / 4 : LONGEST);
    drafts.push({
      id,
      process: names[c] as number,
      f,
      input,
      outcome: isUnknown ? 'unknown' : 'ok',
      output: null,
      invokedAt,
      completedAt: isUnknown ? Number.POSITIVE_INFINITY : invokedAt + lasts,
      effectAt: !isUnknown
        ? invokedAt + random.below(lasts + 1)
        : random.chance(33)
          ? invokedAt + 1 + late
          : Number.POSITIVE_INFINITY,
    });
    freeAt[c] = invokedAt + lasts;
    if (isUnknown) names[c] = nextName++;
  }
  return drafts;
}

function pick(random: Random, [reads, writes, compares]: PartitionedShape['mix']): 'read' | 'write' | 'cas' {
  const at = random.below(reads + writes + compares);
  return at < reads ? 'read' : at < reads + writes ? 'write' : 'cas';
}
