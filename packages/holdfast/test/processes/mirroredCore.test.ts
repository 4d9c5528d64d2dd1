import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kv, raft, type RaftDefect } from '@holdfast/protocols';
import { Choices, type Host, linkPolicy, World } from '@holdfast/world';
import { describe, expect, it } from 'vitest';
import type { Told } from '../../src/node/processes/frames.ts';
import { Away, LiveCore } from '../../src/node/processes/liveCore.ts';
import { DivergedError, MirroredCore, ReplayingTape } from '../../src/node/processes/mirroredCore.ts';
import { RecordFile } from '../../src/node/processes/recordFile.ts';
import { RecordingTape } from '../../src/node/processes/tapedCore.ts';

const VOTERS = [1, 2, 3];
const wiring = {
  hostOf: (node: number): number => node - 1,
  nodeOf: (host: number): number => host + 1,
  channel: 0,
};

const coreOf = (defect?: RaftDefect): ReturnType<typeof raft> =>
  raft(
    { voters: VOTERS, electionTimeoutMs: 300, heartbeatMs: 60, ...(defect === undefined ? {} : { defect }) },
    kv,
  );

function world(seed: number): World {
  return new World({
    choices: new Choices({ seed }),
    hosts: ['N1', 'N2', 'N3'],
    link: linkPolicy({ latency: { kind: 'constant', us: 0 } }),
  });
}

/** What a process of node 1 tells while it looks for votes and hears of a leader of a later term. */
async function told(defect?: RaftDefect): Promise<Told[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hf-mirror-'));
  const all: Told[] = [];
  const tell = (one: Told): void => void all.push(JSON.parse(JSON.stringify(one)) as Told);
  try {
    const file = await RecordFile.open(folder);
    const live = world(7);
    for (const id of [1, 2]) live.start(id, () => new Away(id, 0, tell));
    live.start(
      0,
      (host) =>
        new LiveCore(coreOf(defect), host, {
          ...wiring,
          tape: new RecordingTape(),
          file,
          syncDelayMs: () => 0,
          tell,
          wake: () => undefined,
          diskFailed: (error) => {
            throw error;
          },
        }),
    );
    const later = (message: object): void => {
      const program = live.host(0).program as LiveCore<unknown, unknown, unknown, unknown>;
      live
        .host(0)
        .after(0, 'message', () =>
          program.receive({ kind: 'message', from: 1, channel: 0, payload: message, delivery: 1 }),
        );
    };
    live.run(1_000_000);
    later({ type: 'vote', term: 9, lastIndex: 5, lastTerm: 8, transfer: false });
    for (let turn = 0; turn < 20; turn++) {
      live.run(live.nowUs + 50_000);
      // The sync is the machine's: it ends between two turns of the world.
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await file.close();
    return all;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Follows what was told with a core of its own; returns the mirror. */
function follow(
  all: readonly Told[],
  defect?: RaftDefect,
): MirroredCore<{ readonly term: number }, unknown, unknown, unknown> {
  const here = world(8);
  for (const id of [1, 2]) here.start(id, () => new Away(id, 0, () => expect.fail('a mirror is silent')));
  const host: Host = here.start(0, () => new Away(0, 0, () => undefined));
  let mirror: MirroredCore<{ readonly term: number }, unknown, unknown, unknown> | undefined;
  for (const one of all) {
    if (one.told === 'booted') {
      mirror = MirroredCore.started(
        coreOf(defect) as never,
        host,
        { ...wiring, tape: new ReplayingTape(), records: one.records, deliver: () => undefined },
        one.tape,
      );
    } else if (one.told === 'step') mirror?.follow(one.input, one.tape);
    here.run(here.nowUs + 1);
  }
  if (mirror === undefined) expect.fail('the process has started');
  return mirror;
}

describe('a core in a process of its own', () => {
  it('is followed step by step by a mirror that sends nothing and ends in its state', async () => {
    const all = await told();
    const steps = all.filter(({ told: kind }) => kind === 'step');
    const kinds = new Set(steps.map((step) => (step.told === 'step' ? step.input.kind : '')));
    expect([...kinds].sort()).toEqual(['message', 'stored', 'timer']);
    expect(all.filter(({ told: kind }) => kind === 'send').length).toBeGreaterThan(2);
    const mirror = follow(all);
    expect(mirror.steps).toBe(steps.length + 1);
    expect(mirror.state.term).toBe(9);
  });

  it('is told apart from its core at the first step that is not the same', async () => {
    const all = await told('vote-not-persisted');
    expect(() => follow(all)).toThrow(DivergedError);
    expect(() => follow(all)).toThrow(/step \d+, message/);
    expect(follow(all, 'vote-not-persisted').state.term).toBe(9);
  });

  it('is told apart from its core when it was told something else than it says', async () => {
    const all = await told();
    const stored = all.map((one) =>
      one.told === 'step' && one.tape.tokens.length > 0 ? { ...one, tape: { ...one.tape, tokens: [] } } : one,
    );
    expect(() => follow(stored)).toThrow(/stored/);
  });
});
