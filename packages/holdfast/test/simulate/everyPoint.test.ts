import { type FaultDraft, type OperationEnd, raftKv, type RunResult, type Subject } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { broken, during, play, type Step } from './scenario.ts';
import { tampered, type Tampering } from './tamper.ts';

const LOST = 'no acknowledged write lost';

/** A handful of operations on one key of three servers, in a second and a half. */
const STEPS: readonly Step[] = [
  [500, 0, 'write', 'k', 1],
  [540, 1, 'cas', 'k', [1, 2]],
  [580, 0, 'read', 'k', null],
  [620, 1, 'write', 'k', 3],
];
const READ_BACK: Step = [5_000, 0, 'read', 'k', null];

/** Syncs take some milliseconds: long enough for a message to leave and be answered meanwhile. */
const SLOW_DISKS = ['N1', 'N2', 'N3'].map((host): FaultDraft => {
  return { kind: 'disk-slow', host, amount: 60, ...during(50, 3_400) };
});

function run(subject: Subject, tampering: Tampering, steps: readonly Step[] = STEPS): RunResult {
  return play({
    subject: tampered(subject, tampering),
    steps: [...steps, READ_BACK],
    faults: SLOW_DISKS,
    healMs: 3_500,
    endMs: 6_000,
    recoverMs: 1_000,
    trace: false,
  });
}

/** How many events, and messages, the first 700 ms of the run have when nobody interferes: those with the operations in them. */
function sizes(subject: Subject): { readonly events: number; readonly messages: number } {
  let events = 0;
  let messages = 0;
  run(subject, {
    onEvent: ({ world }, _host, number) => {
      if (world.nowUs <= 700_000) events = number + 1;
    },
    onSend: ({ world }, { number }) => {
      if (world.nowUs <= 700_000) messages = number + 1;
      return true;
    },
  });
  return { events, messages };
}

const SUBJECT = raftKv({ nodes: 3 });
const SIZES = sizes(SUBJECT);

/** Loses power, at the host where event `at` just happened or at all servers, and starts again 60 ms later. */
function powerFailure(at: number, everywhere: boolean): Tampering {
  return {
    begin: ({ world }) => {
      for (const host of world.hosts) host.losesUnsyncedWrites = true;
    },
    onEvent: ({ world, servers }, host, number) => {
      if (number !== at) return;
      const victims = everywhere ? servers.map((id) => world.host(id)) : [host];
      for (const victim of victims) world.crash(victim, 'power failure');
      world.at(world.nowUs + 60_000, 'power is back', () => {
        for (const victim of victims) world.restart(victim);
      });
    },
  };
}

describe('a power failure at every event of a short run', () => {
  it('is tried at every one of a hundred or so', () => {
    expect(SIZES.events).toBeGreaterThan(60);
    expect(SIZES.messages).toBeGreaterThan(60);
  });

  it('S1.3 S1.29 at one server loses no acknowledged write', () => {
    for (let at = 0; at < SIZES.events; at++) {
      const result = run(SUBJECT, powerFailure(at, false));
      expect({ at, broken: broken(result) }).toEqual({ at, broken: [] });
      const ends = result.history.operations.map(({ outcome }) => outcome);
      expect(ends).not.toContain('fail');
      expect(ends.at(-1)).toBe('ok');
    }
  });

  it('S1.3 S1.29 S1.57 at all servers loses no acknowledged write', () => {
    for (let at = 0; at < SIZES.events; at++) {
      const result = run(SUBJECT, powerFailure(at, true));
      expect({ at, broken: broken(result) }).toEqual({ at, broken: [] });
    }
  });

  it('S1.3 S1.29 S1.57 loses one at some event when servers answer before they have synced, or boot empty', () => {
    for (const defect of ['reply-before-fsync', 'forgets-on-restart'] as const) {
      const twin = raftKv({ nodes: 3, defect });
      const lossy: number[] = [];
      for (let at = 0; at < SIZES.events; at++) {
        const { verdicts } = run(twin, powerFailure(at, true));
        if (verdicts.some(({ promise, status }) => promise === LOST && status === 'violated')) lossy.push(at);
      }
      expect({ defect, found: lossy.length > 0 }).toEqual({ defect, found: true });
    }
  });
});

describe('one message of a short run', () => {
  it('S1.4 dropped, whichever it is, never makes a false failure', () => {
    for (let lost = 0; lost < SIZES.messages; lost++) {
      const result = run(SUBJECT, { onSend: (_hands, { number }) => number !== lost });
      expect({ lost, broken: broken(result) }).toEqual({ lost, broken: [] });
      const ends = result.history.operations.map(({ outcome }) => outcome);
      // The retry makes good for it within the deadline, every time.
      expect({ lost, ends }).toEqual({ lost, ends: ['ok', 'ok', 'ok', 'ok', 'ok'] });
    }
  });

  it('S1.4 S1.11 dropped makes a client that takes a timeout for a failure deny what has happened', () => {
    const hasty: Subject = {
      ...SUBJECT,
      start: (context) => {
        const running = SUBJECT.start(context);
        return {
          resolve: (role) => running.resolve(role),
          healed: () => running.healed(),
          verdicts: (operations) => running.verdicts(operations),
          isViolated: (promise) => running.isViolated(promise),
          metrics: () => running.metrics(),
          issue: (client, call, done) => {
            let over = false;
            const end = (result: OperationEnd): void => {
              if (!over) done(result);
              over = true;
            };
            context.world.at(context.world.nowUs + 20_000, 'hasty timeout', () =>
              end({ outcome: 'fail', output: 'timeout' }),
            );
            running.issue(client, call, end);
          },
        };
      },
    };
    let accused = 0;
    for (let lost = 0; lost < SIZES.messages; lost++) {
      const result = run(hasty, { onSend: (_hands, { number }) => number !== lost });
      if (broken(result).some((text) => text.startsWith('linearizability'))) accused++;
    }
    expect(accused).toBeGreaterThan(0);
  });

  /** Holds back one message until its sender has long given up on it. */
  const late = (held: number): Tampering => ({
    onSend: (hands, { number, from, to, payload }) => {
      if (number !== held) return true;
      const { world } = hands;
      world.at(world.nowUs + 1_200_000, 'late', () => hands.send(from, to, payload));
      return false;
    },
  });
  /** Goes on writing after the first message's deadline, so that late work has something newer to harm. */
  const GOING_ON: readonly Step[] = [...STEPS, [1_300, 0, 'write', 'k', 4], [1_400, 1, 'cas', 'k', [4, 5]]];

  it('S1.5 delayed beyond its deadline does no harm: terms and sequences reject late work', () => {
    for (let held = 0; held < SIZES.messages; held++) {
      const result = run(SUBJECT, late(held), GOING_ON);
      expect({ held, broken: broken(result) }).toEqual({ held, broken: [] });
      expect(result.history.operations.at(-1)?.output).toBe(5);
    }
  });

  it('S1.5 S1.55 delayed overwrites newer state where nobody remembers sequences', () => {
    const twin = raftKv({ nodes: 3, defect: 'no-dedup' });
    const harmed: unknown[] = [];
    for (let held = 0; held < SIZES.messages; held++) {
      const result = run(twin, late(held), GOING_ON);
      if (broken(result).length > 0) harmed.push(result.history.operations.at(-1)?.output);
    }
    expect(harmed.length).toBeGreaterThan(0);
    expect(harmed.some((value) => value !== 5)).toBe(true);
  });
});
