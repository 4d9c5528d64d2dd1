import { describe, expect, it } from 'vitest';
import {
  admits,
  admittedFaults,
  assertAdmitted,
  FAILURE_MODELS,
  type FailureModel,
  FaultOutsideModelError,
  isWithin,
  narrowestModels,
} from '../../src/models/failureModel.ts';
import { ALL_FAULT_KINDS, isFaultKind } from '../../src/models/faultKinds.ts';

function refusal(models: readonly FailureModel[], kind: 'restart' | 'pause' | 'byzantine' | 'loss'): unknown {
  try {
    assertAdmitted(models, kind);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('failure models', () => {
  it('S2.21 the models form the stated hierarchy and no other', () => {
    const pairs = FAILURE_MODELS.flatMap((outer) =>
      FAILURE_MODELS.filter((inner) => inner !== outer && isWithin(inner, outer)).map(
        (i) => `${i} < ${outer}`,
      ),
    );
    expect(pairs).toEqual([
      'crash-stop < crash-recovery',
      'crash-stop < unstable-storage',
      'crash-recovery < unstable-storage',
      'crash-stop < send-omission',
      'crash-recovery < send-omission',
      'crash-stop < receive-omission',
      'crash-recovery < receive-omission',
      'crash-stop < omission',
      'crash-recovery < omission',
      'send-omission < omission',
      'receive-omission < omission',
      'crash-stop < byzantine',
      'crash-recovery < byzantine',
      'unstable-storage < byzantine',
      'send-omission < byzantine',
      'receive-omission < byzantine',
      'omission < byzantine',
      'timing < byzantine',
    ]);
  });

  it('S2.21 a fault inside the declared model passes and the same fault outside it is refused', () => {
    expect(refusal(['crash-recovery'], 'restart')).toBeUndefined();
    expect(refusal(['crash-stop'], 'restart')).toBeInstanceOf(FaultOutsideModelError);
    expect(refusal(['omission', 'timing'], 'pause')).toBeUndefined();
    expect(refusal(['omission'], 'pause')).toBeInstanceOf(FaultOutsideModelError);
    expect(refusal([], 'loss')).toBeInstanceOf(FaultOutsideModelError);
  });

  it('S2.21 the refusal names the model, the fault and what to declare instead', () => {
    const error = refusal(['crash-stop'], 'loss');
    expect(error).toMatchObject({
      code: 'FAULT_OUTSIDE_MODEL',
      kind: 'loss',
      models: ['crash-stop'],
      declare: ['omission'],
    });
    expect(String(error)).toContain(
      "Cannot inject 'loss' as part of this run: it declared crash-stop, which excludes it; declare omission as well",
    );
  });

  it('S2.21 send and receive omission differ, and only omission has both', () => {
    expect(admits(['send-omission'], 'send-omission')).toBe(true);
    expect(admits(['send-omission'], 'receive-omission')).toBe(false);
    expect(admits(['receive-omission'], 'send-omission')).toBe(false);
    expect(admits(['omission'], 'send-omission') && admits(['omission'], 'receive-omission')).toBe(true);
  });

  it('every kind of fault is admitted by byzantine, and needs it only when nothing narrower admits it', () => {
    expect(admittedFaults('byzantine')).toEqual(ALL_FAULT_KINDS);
    const onlyByzantine = ALL_FAULT_KINDS.filter((k) => narrowestModels(k).join() === 'byzantine');
    expect(onlyByzantine).toEqual(['byzantine']);
    expect(narrowestModels('reorder')).toEqual(['omission', 'timing']);
    expect(narrowestModels('disk-stale')).toEqual(['unstable-storage']);
  });

  it('names of fault kinds are recognised and nothing else is', () => {
    expect(isFaultKind('disk-bit-rot')).toBe(true);
    expect(isFaultKind('toString')).toBe(false);
    expect(isFaultKind('meteor')).toBe(false);
  });
});
