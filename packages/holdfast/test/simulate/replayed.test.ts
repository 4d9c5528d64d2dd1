import { equalPlain, type Plain } from '@holdfast/plain';
import type { RaftState } from '@holdfast/protocols';
import { raftKv, type RunResult, type Subject } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { CoreProgram } from '../../src/simulate/coreProgram.ts';
import { broken, play, type Step } from './scenario.ts';
import { type Hands, type Outgoing, tampered } from './tamper.ts';

/** One after the other, none while nobody leads: what they do must not depend on a millisecond more or less. */
const STEPS: readonly Step[] = [
  [500, 0, 'write', 'a', 1],
  [600, 1, 'cas', 'a', [1, 2]],
  [700, 0, 'cas', 'a', [2, 3]],
  [780, 1, 'write', 'b', 4],
  [2_200, 0, 'write', 'b', 5],
  [3_500, 1, 'read', 'a', null],
  [3_510, 0, 'read', 'b', null],
];
/** The leader crashes in the middle, so that messages of several terms and elections are among those recorded. */
const FAULTS = [{ kind: 'crash', host: 'leader', atUs: 850_000, forUs: 150_000 }] as const;
/** How long after it was first sent a message comes again, in ms. */
const LATER_MS = [0.3, 40, 400, 1_600];

interface Ended {
  readonly result: RunResult;
  /** Key-value state and client sessions, per server. */
  readonly machines: readonly Plain[];
  readonly sent: readonly Outgoing[];
}

/** A run in which one message is injected a second time, some time later; none when it is undefined. */
function run(subject: Subject, again?: { readonly number: number; readonly afterUs: number }): Ended {
  const sent: Outgoing[] = [];
  let hands: Hands | undefined;
  const result = play({
    subject: tampered(subject, {
      begin: (given) => {
        hands = given;
      },
      onSend: (given, message) => {
        sent.push(message);
        const { number, from, to, payload } = message;
        if (number === again?.number) {
          const { world } = given;
          world.at(world.nowUs + again.afterUs, 'again', () => given.send(from, to, payload));
        }
        return true;
      },
    }),
    steps: STEPS,
    faults: FAULTS,
    healMs: 2_500,
    endMs: 4_000,
    recoverMs: 900,
    seed: 1,
    trace: false,
  });
  const machines = (hands?.servers ?? []).map((id): Plain => {
    const program = hands?.world.host(id).program;
    if (!(program instanceof CoreProgram)) throw new RangeError(`Cannot look into server ${id}: it is down`);
    const { machine, sessions } = program.state as RaftState;
    return { machine, sessions: withoutIndexes(sessions) } as unknown as Plain;
  });
  return { result, machines, sent };
}

/** Where in the log a session was used last is no part of what clients can see. */
function withoutIndexes(sessions: RaftState['sessions']): Plain {
  return Object.fromEntries(
    Object.entries(sessions).map(([client, { sequence, result }]) => [client, { sequence, result }]),
  );
}

describe('any recorded message, injected again later', () => {
  const subject = raftKv({ nodes: 3 });
  const original = run(subject);
  const early = original.sent.filter(({ payload }) => !isHeartbeat(payload));

  it('is one of every kind there is, from several terms', () => {
    expect(broken(original.result)).toEqual([]);
    const types = new Set(early.map(({ payload }) => kindOf(payload)));
    expect([...types]).toEqual(
      expect.arrayContaining(['append', 'append-reply', 'vote', 'vote-reply', 'pre-vote', 'call', 'answer']),
    );
    const terms = new Set(early.map(({ payload }) => (payload as { term?: number }).term));
    expect(terms.size).toBeGreaterThan(2);
    expect(early.length).toBeGreaterThan(60);
  });

  it('S3.9 leaves the final state as it was, and what clients were told', () => {
    for (const { number } of early) {
      for (const afterMs of LATER_MS) {
        const { result, machines } = run(subject, { number, afterUs: afterMs * 1_000 });
        const where = { number, afterMs };
        expect({ ...where, broken: broken(result) }).toEqual({ ...where, broken: [] });
        expect({ ...where, same: equalPlain(machines, original.machines) }).toEqual({ ...where, same: true });
        const ends = result.history.operations.map(({ outcome, output }) => [outcome, output]);
        expect(ends).toEqual(
          original.result.history.operations.map(({ outcome, output }) => [outcome, output]),
        );
      }
    }
  });

  it('S3.9 changes the final state where commands have no identity', () => {
    const twin = raftKv({ nodes: 3, defect: 'no-dedup' });
    const usual = run(twin);
    const calls = usual.sent.filter(({ payload }) => kindOf(payload) === 'call');
    const changed = calls.filter(({ number }) => {
      const { machines } = run(twin, { number, afterUs: 240_000 });
      return !equalPlain(machines, usual.machines);
    });
    expect(changed.length).toBeGreaterThan(0);
  });
});

function kindOf(payload: unknown): string {
  const { type, kind } = payload as { readonly type?: string; readonly kind?: string };
  return type ?? kind ?? '';
}

function isHeartbeat(payload: unknown): boolean {
  return kindOf(payload).startsWith('heartbeat');
}
