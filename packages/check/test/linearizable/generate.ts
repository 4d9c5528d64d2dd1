import type { Plain } from '@holdfast/plain';
import type { History, Operation, Outcome } from '../../src/history/operation.ts';
import { illegal, type Model } from '../../src/models/model.ts';
import type { Random } from './random.ts';

/** A call to put into a random history, with the results it might have. */
export interface Call {
  readonly f: string;
  readonly input: Plain;
  readonly outputs: readonly Plain[];
  readonly key?: string;
}

/** A model and the calls that exercise it. */
export interface Subject {
  readonly model: Model;
  readonly call: (random: Random) => Call;
}

/** What random histories look like. */
export interface Shape {
  readonly operations: number;
  readonly processes: number;
  /** Percent of operations whose outcome is unknown. */
  readonly unknown: number;
  /** Percent of results made up rather than taken from a real object. */
  readonly wrong: number;
  /** Longest duration and longest pause, in ticks; small ones make many events fall together. */
  readonly ticks: number;
}

interface Draft {
  process: number;
  call: Call;
  outcome: Outcome;
  invokedAt: number;
  completedAt: number;
  pointAt: number;
  output: Plain;
}

/**
 * A random history: a real object answers each call at a random instant of its interval, except for the few results made up.
 * Some of the unknown operations took effect, perhaps late, some never did.
 */
export function randomHistory(subject: Subject, shape: Shape, random: Random): History {
  const drafts = draftCalls(subject, shape, random);
  answer(drafts, subject.model, shape, random);
  drafts.sort((a, b) => a.invokedAt - b.invokedAt);
  const operations = drafts.map(
    (d, id): Operation => ({
      id,
      process: d.process,
      f: d.call.f,
      key: d.call.key,
      input: d.call.input,
      outcome: d.outcome,
      output: d.outcome === 'ok' ? d.output : null,
      invokedAt: d.invokedAt,
      completedAt: d.outcome === 'unknown' ? Number.POSITIVE_INFINITY : d.completedAt,
    }),
  );
  return { operations, timeUnit: 'us' };
}

function draftCalls(subject: Subject, shape: Shape, random: Random): Draft[] {
  const drafts: Draft[] = [];
  const now = new Array<number>(shape.processes).fill(0);
  const names = now.map((_, i) => i);
  let nextName = shape.processes;
  for (let i = 0; i < shape.operations; i++) {
    const p = random.below(shape.processes);
    const invokedAt = (now[p] ?? 0) + random.below(shape.ticks);
    const completedAt = invokedAt + random.below(shape.ticks + 1);
    const outcome: Outcome = random.chance(shape.unknown) ? 'unknown' : random.chance(6) ? 'fail' : 'ok';
    const late = outcome === 'unknown' ? random.below(4 * shape.ticks) : 0;
    const pointAt = invokedAt + random.below(completedAt - invokedAt + 1) + late;
    drafts.push({
      process: names[p] ?? p,
      call: subject.call(random),
      outcome,
      invokedAt,
      completedAt,
      pointAt,
      output: null,
    });
    now[p] = completedAt;
    if (outcome === 'unknown') names[p] = nextName++;
  }
  return drafts;
}

function answer(drafts: readonly Draft[], model: Model, shape: Shape, random: Random): void {
  const states = new Map<string, unknown>();
  for (const draft of drafts.toSorted((a, b) => a.pointAt - b.pointAt)) {
    const { call } = draft;
    const isLost = draft.outcome === 'unknown' && random.chance(50);
    if (isLost || (draft.outcome === 'fail' && model.failedIsObservation === undefined)) continue;
    const key = call.key ?? '';
    const state = states.has(key) ? states.get(key) : model.init();
    const legal = call.outputs.flatMap((output) => {
      const after = model.step(state, operationOf(draft, output));
      return after === illegal ? [] : [{ output, after }];
    });
    if (legal.length === 0) {
      if (draft.outcome === 'ok' && !random.chance(shape.wrong)) draft.outcome = 'fail';
      draft.output = random.pick(call.outputs);
      continue;
    }
    const { output, after } = random.pick(legal);
    states.set(key, after);
    draft.output = random.chance(shape.wrong) ? random.pick(call.outputs) : output;
  }
}

function operationOf(draft: Draft, output: Plain): Operation {
  const { process, call, outcome, invokedAt, completedAt } = draft;
  return {
    id: 0,
    process,
    f: call.f,
    key: call.key,
    input: call.input,
    outcome,
    output,
    invokedAt,
    completedAt,
  };
}

/** Shapes for histories of up to 8 operations, small enough for brute force. */
export function smallShape(random: Random): Shape {
  return {
    operations: 2 + random.below(7),
    processes: 1 + random.below(4),
    unknown: random.below(2) * random.below(60),
    wrong: random.below(30),
    ticks: 1 + random.below(5),
  };
}
