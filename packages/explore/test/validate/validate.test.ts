import {
  type Core,
  type Machine,
  raft,
  type RaftCommand,
  type RaftDefect,
  type RaftMessage,
  type RaftResult,
  type RaftState,
} from '@holdfast/protocols';
import { describe, expect, it } from 'vitest';
import { type RecordedStep, validateRecording, type Validation } from '../../src/index.ts';
import { randomRun } from './network.ts';

type Steps = RecordedStep<RaftMessage, RaftCommand, RaftResult>[];
type Step = Steps[number];

const MACHINE: Machine = { name: 'nothing', init: () => null, apply: () => null };

function core(defect?: RaftDefect): Core<RaftState, RaftMessage, RaftCommand, RaftResult> {
  return raft({ voters: [1, 2, 3], preVote: false, checkQuorum: false, snapshotEvery: 0, defect }, MACHINE);
}

function randomFrom(seed: number): (among: number) => number {
  let state = seed;
  return (among) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * among);
  };
}

function recordedRun(
  seed: number,
  options: { defect?: RaftDefect; steps?: number; crashEvery?: number } = {},
): Steps {
  const { defect, steps = 1_500, crashEvery = 150 } = options;
  const command = (id: number): RaftCommand => ({ client: 0, sequence: 0, operation: { f: 'write', id } });
  return randomRun({ nodes: 3, core: core(defect), command, steps, crashEvery, random: randomFrom(seed) });
}

function judge(steps: Steps): Validation {
  const correct = core();
  return validateRecording(() => correct, steps);
}

/** The position of the first step that is so. */
function find(steps: Steps, is: (step: Step) => boolean): number {
  const at = steps.findIndex(is);
  if (at < 0) throw new Error('no such step');
  return at;
}

describe('a recorded run as a behaviour of a core', () => {
  it('S3.23 runs with crashes, losses and torn stores are accepted', () => {
    let starts = 0;
    for (let seed = 1; seed <= 8; seed++) {
      const run = recordedRun(seed);
      expect(judge(run)).toEqual({ accepted: true, steps: run.length });
      starts += run.filter(({ event }) => event.kind === 'boot').length - 3;
    }
    expect(starts).toBeGreaterThan(40);
  });

  const tampered: readonly [string, (steps: Steps) => number, RegExp][] = [
    [
      'a vote that was refused and is said to be granted',
      (steps) => {
        const at = find(steps, ({ effects }) =>
          effects.some((e) => e.kind === 'send' && e.message.type === 'vote-reply' && e.message.reject),
        );
        const { effects, ...step } = steps[at] as Step;
        steps[at] = {
          ...step,
          effects: effects.map((e) =>
            e.kind === 'send' ? { ...e, message: { ...e.message, reject: false } } : e,
          ) as Step['effects'],
        };
        return at;
      },
      /the core does send to N\d .*"reject":true.*; recorded is .*"reject":false/,
    ],
    [
      'a message nobody sent',
      (steps) => {
        const at = find(steps, ({ event }) => event.kind === 'message');
        const step = steps[at] as Step & { event: { kind: 'message'; message: RaftMessage } };
        steps[at] = { ...step, event: { ...step.event, message: { ...step.event.message, term: 77 } } };
        return at;
      },
      /hears of N\d what was not on its way: .*"term":77/,
    ],
    [
      'a message delivered twice',
      (steps) => {
        const at = find(steps, ({ event }) => event.kind === 'message');
        steps.splice(at + 1, 0, structuredClone(steps[at] as Step));
        return at + 1;
      },
      /what was not on its way/,
    ],
    [
      'a store said to be durable before it was begun',
      (steps) => {
        const at = find(steps, ({ event }) => event.kind === 'stored');
        steps.splice(at + 1, 0, structuredClone(steps[at] as Step));
        return at + 1;
      },
      /store 1 of N\d was not under way/,
    ],
    [
      'an effect left out',
      (steps) => {
        const at = find(steps, ({ effects }) => effects.length > 1);
        steps[at] = { ...(steps[at] as Step), effects: (steps[at] as Step).effects.slice(0, -1) };
        return at;
      },
      /nothing more was recorded/,
    ],
    [
      'an effect too many',
      (steps) => {
        const at = find(steps, ({ event }) => event.kind === 'message');
        steps[at] = {
          ...(steps[at] as Step),
          effects: [...(steps[at] as Step).effects, { kind: 'cancel', timer: 'x' }],
        };
        return at;
      },
      /the core does not do what was recorded as its effect \d+: cancel/,
    ],
    [
      'a restart that finds what was never written',
      (steps) => {
        const at = steps.findLastIndex(({ event }) => event.kind === 'boot');
        const step = steps[at] as Step;
        steps[at] = { ...step, event: { kind: 'boot', records: { hard: { term: 99, vote: 1, commit: 0 } } } };
        return at;
      },
      /starts with records its disk cannot hold/,
    ],
    [
      'a timer that was not armed',
      (steps) => {
        const at = find(steps, ({ event }) => event.kind === 'timer');
        steps.splice(at, 0, { ...(steps[at] as Step), event: { kind: 'timer', timer: 'heartbeat' } });
        return at;
      },
      /timer heartbeat of N\d was not armed/,
    ],
  ];

  it.each(tampered)('S3.23 %s is refused at that step', (_, tamper, reason) => {
    const steps = recordedRun(3);
    const at = tamper(steps);
    const result = judge(steps);
    expect(result).toMatchObject({ accepted: false, at });
    expect(result.accepted ? '' : result.reason).toMatch(reason);
  });

  it('S3.23 a run of a broken twin is refused where it deviates', () => {
    for (const defect of ['vote-not-persisted', 'no-up-to-date-check', 'reply-before-fsync'] as const) {
      const results = [1, 2, 3, 4].map((seed) => judge(recordedRun(seed, { defect })));
      expect(results.some(({ accepted }) => !accepted)).toBe(true);
    }
  });

  it('S3.23 a message that left before its store was durable is refused', () => {
    const steps = recordedRun(5, { crashEvery: 0 });
    const at = find(steps, ({ event }) => event.kind === 'stored');
    const without = steps.filter(
      (step, i) => i < at || step.event.kind !== 'stored' || step.node !== steps[at]?.node,
    );
    const result = judge(without);
    expect(result.accepted ? '' : result.reason).toMatch(/was not on its way/);
  });
});
