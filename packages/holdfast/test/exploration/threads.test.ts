import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadModel, type ModelReference } from '../../src/node/exploration/resolveModel.ts';
import { runExploration } from '../../src/node/exploration/runExploration.ts';
import { EXPERIMENTS } from '../cli/support.ts';

async function explored(reference: ModelReference, workers: number) {
  const model = await loadModel(reference);
  const { bounds } = model;
  const order = { model, reference, bounds, workers, symmetry: true, exact: false, stopAtViolation: true };
  const threadsAtOnce = true;
  // What is reserved by default, most of the machine's memory, would keep this process from starting others.
  return (await runExploration({ ...order, threadsAtOnce, maxBytes: 200_000_000 })).result;
}

function named(name: string): ModelReference {
  return { kind: 'built-in', name };
}

describe('exploration with several threads', () => {
  it('S3.23 counts the same states, steps and levels with 1, 2 and 4', async () => {
    const [one, two, four] = await Promise.all(
      [1, 2, 4].map((n) => explored(named('raft-joint-consensus'), n)),
    );
    const { states, generated, depth, status, end } = one ?? {};
    expect(one).toMatchObject({ states: 10_141, status: 'holds' });
    for (const many of [two, four]) expect(many).toMatchObject({ states, generated, depth, status, end });
  });

  it('S3.23 finds a violation no farther away, and its run can be followed', async () => {
    const { counterexample, status } = await explored(named('commit-prepares-in-memory'), 2);
    expect([status, counterexample?.property, counterexample?.steps.length]).toEqual([
      'violated',
      'atomicity',
      11,
    ]);
  });

  it('S3.23 what a model throws in a thread ends them all', async () => {
    const reference: ModelReference = { kind: 'file', path: join(EXPERIMENTS, 'models.ts'), name: 'impure' };
    await expect(explored(reference, 2)).rejects.toThrow(/each step must depend on its state/);
  });
});
