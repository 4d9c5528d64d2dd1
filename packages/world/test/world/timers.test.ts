import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Choices } from '../../src/choices/choices.ts';
import { linkPolicy } from '../../src/network/link.ts';
import type { Host, TimerHandle } from '../../src/world/host.ts';
import type { Program } from '../../src/world/program.ts';
import { World } from '../../src/world/world.ts';

/** What is done to a host's one timer, and to the host, after so many microseconds. */
interface Step {
  readonly afterUs: number;
  readonly what: 'arm' | 'cancel' | 'pause' | 'suspend' | 'resume' | 'drift';
  /** The delay to arm with, or the new drift in parts per million. */
  readonly value: number;
}

const STEPS: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    afterUs: fc.integer({ min: 1, max: 300 }),
    what: fc.constantFrom('arm', 'arm', 'arm', 'arm', 'cancel', 'pause', 'suspend', 'resume', 'drift'),
    value: fc.integer({ min: 0, max: 900 }),
  }),
  { maxLength: 60 },
);

/** True times at which the timer fired. */
function fired(steps: readonly Step[], postpones: boolean): number[] {
  const world = new World({
    choices: new Choices({ seed: 1 }),
    hosts: ['a'],
    link: linkPolicy({ latency: { kind: 'constant', us: 1 } }),
  });
  const times: number[] = [];
  let armed: TimerHandle | undefined;
  const program: Program = {
    onMessage: () => undefined,
    onTimer: () => {
      armed = undefined;
      times.push(world.nowUs);
    },
  };
  const host = world.start(0, () => program);
  const arm = (delayUs: number): void => {
    if (armed !== undefined) {
      if (postpones && host.postponeTimer(armed, delayUs)) return;
      host.cancelTimer(armed);
    }
    armed = host.setTimer(delayUs, 'timer');
  };
  let at = 0;
  for (const step of steps) {
    at += step.afterUs;
    world.at(at, step.what, () => act(world, host, step, arm, () => armed));
  }
  world.run(at + 100_000);
  return times;
}

function act(
  world: World,
  host: Host,
  { what, value }: Step,
  arm: (delayUs: number) => void,
  armed: () => TimerHandle | undefined,
): void {
  const handle = armed();
  if (what === 'arm') arm(value);
  else if (what === 'cancel' && handle !== undefined) host.cancelTimer(handle);
  else if (what === 'pause') world.pause(host);
  else if (what === 'suspend') world.pause(host, true);
  else if (what === 'resume') world.resume(host);
  else if (what === 'drift') world.driftClock(host, value * 300 - 100_000);
}

describe('a timer that is put off', () => {
  it('fires exactly when a cancelled and newly set one would', () => {
    fc.assert(
      fc.property(STEPS, (steps) => {
        expect(fired(steps, true)).toEqual(fired(steps, false));
      }),
      { seed: 7, numRuns: 400 },
    );
  });

  it('is not put off once it has fired, was cancelled or would have to come earlier', () => {
    const world = new World({
      choices: new Choices({ seed: 1 }),
      hosts: ['a'],
      link: linkPolicy({ latency: { kind: 'constant', us: 1 } }),
    });
    const host = world.start(0, () => ({ onMessage: () => undefined, onTimer: () => undefined }));
    const first = host.setTimer(100, 'first');
    expect(host.postponeTimer(first, 50)).toBe(false);
    expect(host.postponeTimer(first, 150)).toBe(true);
    const cancelled = host.setTimer(100, 'cancelled');
    host.cancelTimer(cancelled);
    expect(host.postponeTimer(cancelled, 500)).toBe(false);
    world.run(200);
    expect(host.postponeTimer(first, 500)).toBe(false);
    expect(world.eventsHandled).toBe(1);
  });
});
