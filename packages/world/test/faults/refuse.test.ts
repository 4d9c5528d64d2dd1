import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/faults/fault.ts';
import {
  FaultInjector,
  FaultWithoutEffectError,
  type InjectorOptions,
  UnknownFaultTargetError,
} from '../../src/faults/inject.ts';
import { type FailureModel, FaultOutsideModelError } from '../../src/models/failureModel.ts';
import { BadOptionError } from '../../src/models/optionError.ts';
import { BadCutError } from '../../src/network/cut.ts';
import { lab, STEADY } from '../helpers/lab.ts';
import { type FaultSketch, faultOf } from './scene.ts';

function injector(options: Partial<InjectorOptions> = {}): FaultInjector {
  return new FaultInjector(lab({ channels: ['data', 'control'] }).world, {
    models: ['byzantine'],
    ...options,
  });
}

const crash = (forUs: number): Fault => faultOf({ kind: 'crash', host: 'N1', forUs });
const loss: Fault = faultOf({ kind: 'loss', hosts: [], probability: 0.5 });
const pause: Fault = faultOf({ kind: 'pause', host: 'N1' });
const amnesia: Fault = faultOf({ kind: 'amnesia', host: 'N1' });
const lie: Fault = faultOf({ kind: 'byzantine', host: 'N1', lie: 'l' });

describe('a fault outside the declared failure models', () => {
  const admitted = (models: readonly FailureModel[]): string[] => {
    const faults = { stop: crash(0), recover: crash(10), loss, pause, amnesia, lie };
    const lies = { l: () => () => [] };
    return Object.entries(faults).flatMap(([name, fault]) => {
      try {
        injector({ models, lies }).check([fault]);
        return [name];
      } catch (error) {
        expect(error).toBeInstanceOf(FaultOutsideModelError);
        return [];
      }
    });
  };

  it('S2.21 is refused: crash-stop knows no restart, crash-recovery no loss, omission no pause, only Byzantine lies', () => {
    expect(admitted([])).toEqual([]);
    expect(admitted(['crash-stop'])).toEqual(['stop']);
    expect(admitted(['crash-recovery'])).toEqual(['stop', 'recover']);
    expect(admitted(['unstable-storage'])).toEqual(['stop', 'recover', 'amnesia']);
    expect(admitted(['omission'])).toEqual(['stop', 'recover', 'loss']);
    expect(admitted(['timing'])).toEqual(['pause']);
    expect(admitted(['omission', 'timing'])).toEqual(['stop', 'recover', 'loss', 'pause']);
    expect(admitted(['byzantine'])).toEqual(['stop', 'recover', 'loss', 'pause', 'amnesia', 'lie']);
  });

  it('S2.21 is refused before anything of the plan is scheduled, with the model to declare', () => {
    const { world } = lab();
    const strict = new FaultInjector(world, { models: ['crash-recovery'] });
    const second = { ...loss, id: 1 };
    expect(() => strict.schedule([crash(10), second])).toThrow(
      'declare omission as well, or leave the fault out',
    );
    expect(world.pendingEvents).toBe(0);
  });
});

describe('a plan that cannot be carried out', () => {
  const refused = (sketch: FaultSketch, options?: Partial<InjectorOptions>): unknown => {
    try {
      injector(options).check([faultOf(sketch)]);
      return undefined;
    } catch (error) {
      return error;
    }
  };

  it('is refused for hosts, roles, lies and versions nobody knows, and says which there are', () => {
    const unknown = [
      refused({ kind: 'crash', host: 'N9' }),
      refused({ kind: 'crash', host: 'leader' }),
      refused({ kind: 'loss', hosts: ['N1', 'N9'], probability: 0.1 }),
      refused({ kind: 'byzantine', host: 'N1', lie: 'white' }, { lies: { black: () => () => [] } }),
      refused({ kind: 'upgrade', host: 'N1', version: '3' }),
    ];
    for (const error of unknown) expect(error).toBeInstanceOf(UnknownFaultTargetError);
    const texts = unknown.map((error) => (error as Error).message);
    expect(texts[0]).toBe("Cannot inject 'crash' as host 'N9' is not known: known are N1, N2, N3");
    expect(texts[3]).toBe("Cannot inject 'byzantine' as lie 'white' is not known: known are black");
    expect(texts[4]).toBe("Cannot inject 'upgrade' as version '3' is not known: known are none");
    expect(refused({ kind: 'crash', host: 'leader' }, { resolve: () => 0 })).toBeUndefined();
  });

  it('is refused for numbers out of range, and names the field and the fault', () => {
    const bad: FaultSketch[] = [
      { kind: 'crash', host: 'N1', atUs: -1 },
      { kind: 'crash', host: 'N1', forUs: 0.5 },
      { kind: 'loss', hosts: [], probability: 1.1 },
      { kind: 'reorder', hosts: [], probability: 0.1, holdUs: -3 },
      { kind: 'slow-link', hosts: [], amount: 0.5 },
      { kind: 'narrow-link', hosts: [], amount: 0 },
      { kind: 'flapping', groups: [['N1'], ['N2']], downUs: 0, upUs: 0 },
      { kind: 'channel', channel: 2, groups: [['N1'], ['N2']] },
      { kind: 'slow-cpu', host: 'N1', costUs: Number.NaN },
      { kind: 'clock-step', host: 'N1', amount: 1e16 },
      { kind: 'clock-drift', host: 'N1', amount: 500_000 },
      { kind: 'disk-slow', host: 'N1', amount: 0 },
    ];
    for (const sketch of bad) expect([sketch, refused(sketch)]).toEqual([sketch, expect.any(BadOptionError)]);
    expect((refused(bad[2] as FaultSketch) as Error).message).toBe(
      'Cannot use probability of fault 0 (loss) as a probability from 0 to 1: it is 1.1; give a probability from 0 to 1',
    );
  });

  it('is refused for cuts that make no sense and for two faults under one number', () => {
    const twice = {
      kind: 'partition',
      groups: [
        ['N1', 'N2'],
        ['N2', 'N3'],
      ],
      unlisted: 'isolated',
    } as const;
    expect(refused(twice)).toBeInstanceOf(BadCutError);
    expect(refused({ kind: 'bridge', left: ['N1'], right: ['N1'] })).toBeInstanceOf(BadCutError);
    expect(() => injector().check([pause, { ...pause, atUs: 9 }])).toThrow('a number no other fault has');
  });

  it('is refused for changes of links on a network that would ignore them', () => {
    const partialSynchrony = {
      stabilises: { minUs: 0, maxUs: 9 },
      deltaUs: 5,
      before: STEADY,
      after: STEADY,
    };
    const partial = new FaultInjector(lab({ partialSynchrony }).world, { models: ['byzantine'] });
    expect(() => partial.check([loss])).toThrow(FaultWithoutEffectError);
    expect(() => partial.check([pause])).not.toThrow();
  });
});
