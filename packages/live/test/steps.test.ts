import { describe, expect, it } from 'vitest';
import { Roles } from '../src/experiment/roles.ts';
import { type JournalLine, Stepper } from '../src/experiment/steps.ts';
import type { Struck } from '../src/experiment/trace.ts';
import { Striker } from '../src/faults/striker.ts';
import { type Answer, Recorder } from '../src/history/recorder.ts';
import type { Ledger } from '../src/ledger/ledger.ts';
import type { Cluster, Member } from '../src/subjects/cluster.ts';

const MEMBERS: readonly Member[] = [1, 2].map((n) => ({
  name: `N${n}`,
  index: n - 1,
  servers: [],
  address: '',
  dataFolder: '',
}));

/** A cluster that answers at once, by a list of answers that its last repeats. */
function clusterOf(answers: readonly Answer[]): Cluster {
  let asked = 0;
  return {
    system: 'none',
    version: '1',
    members: MEMBERS,
    leader: () => Promise.resolve(MEMBERS[0]),
    isReady: () => Promise.resolve(true),
    perform: () => Promise.resolve(answers[Math.min(asked++, answers.length - 1)] as Answer),
    wipe: () => Promise.resolve(),
    close: () => undefined,
  };
}

function stepperOver(cluster: Cluster) {
  const recorder = new Recorder();
  const { signal } = new AbortController();
  const roles = new Roles(cluster, signal);
  const journal: JournalLine[] = [];
  const struck: Struck[] = [];
  const striker = new Striker(cluster, {
    ledger: {} as Ledger,
    links: { name: 'links', changes: new Set(), cut: () => () => undefined, change: () => () => undefined },
    disks: undefined,
    resolve: (name) => roles.resolve(name),
    say: () => undefined,
  });
  const stepper = new Stepper({
    cluster,
    recorder,
    roles,
    striker,
    mesh: undefined,
    signal,
    journal,
    struck,
  });
  return { stepper, recorder, journal, struck };
}

describe('the steps of a live experiment', () => {
  it('repeat an operation in the background until it is joined, each time as an operation of its own', async () => {
    const ok: Answer = { outcome: 'ok', output: 5 };
    const { stepper, recorder, journal } = stepperOver(
      clusterOf([ok, ok, { outcome: 'fail', output: 'gone' }]),
    );
    await stepper.step({ do: { f: 'renew', on: 'N2', key: 'lock', everyMs: 2, as: 'renewals' } });
    await stepper.step({
      wait: { operations: { f: 'renew', outcome: 'fail', atLeast: 2 }, withinMs: 5_000 },
    });
    await stepper.step({ join: 'renewals' });
    const count = recorder.recorded.length;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(recorder.recorded.length).toBe(count);
    expect(count).toBeGreaterThanOrEqual(4);
    expect(new Set(recorder.recorded.map(({ action, member }) => `${action.f} ${member}`))).toEqual(
      new Set(['renew N2']),
    );
    expect(stepper.named.get('renewals')?.answer.output).toBe('gone');
    expect(journal.at(-1)?.text).toMatch(/^renewals: renew lock every 2 ms: 2 ok, \d+ fail$/);
  });

  it('show nothing when an operation that must give one answer gives another', async () => {
    const { stepper } = stepperOver(
      clusterOf([
        { outcome: 'ok', output: 'me' },
        { outcome: 'ok', output: null },
      ]),
    );
    await stepper.step({ read: { on: 'N1', key: 'lock', answer: 'me' } });
    await expect(stepper.step({ read: { on: 'N1', key: 'lock', as: 'held', answer: 'me' } })).rejects.toThrow(
      /held must end ok with "me": it ended ok \(null\)/,
    );
  });

  it('end what repeats also when nobody joins it', async () => {
    const { stepper, recorder } = stepperOver(clusterOf([{ outcome: 'ok', output: null }]));
    await stepper.step({ do: { f: 'renew', on: 'N1', key: 'lock', everyMs: 2 } });
    await stepper.settle();
    expect(recorder.recorded.length).toBeGreaterThanOrEqual(1);
  });

  it('remember each fault with the members it named, from its strike to its end', async () => {
    const { stepper, struck } = stepperOver(clusterOf([]));
    await stepper.step({ strike: { kind: 'one-way', from: ['leader'], to: ['N2'], as: 'cut' } });
    await stepper.step({ strike: { kind: 'black-hole', hosts: ['N2'], as: 'hole' } });
    await stepper.step({ heal: 'cut' });
    expect(struck.map(({ members }) => members)).toEqual([[0, 1], [1]]);
    expect(struck[0]?.untilUs).toBeGreaterThanOrEqual(struck[0]?.fromUs ?? Infinity);
    expect(struck[1]?.untilUs).toBeUndefined();
    // A disk of this machine cannot be troubled, and that is said before anything happens.
    await expect(stepper.step({ strike: { kind: 'disk-full', host: 'N1' } })).rejects.toThrow(
      /disk-full of N1.*say disk: volatile/,
    );
    expect(struck.length).toBe(2);
  });
});
