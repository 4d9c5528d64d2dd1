import { MAX_DRIFT_PPM } from '../clock/hostClock.ts';
import { assertInRange, assertProbability, assertWhole } from '../models/optionError.ts';
import { MAX_LATENCY_US } from '../network/latency.ts';
import type { Fault } from './fault.ts';

/** Throws `BadOptionError` naming the first number of a fault that is out of its range. */
export function assertFaultNumbers(fault: Fault, channels: number): void {
  const name = (field: string): string => `${field} of fault ${fault.id} (${fault.kind})`;
  const whole = (field: string, value: number, min: number, max: number = Number.MAX_SAFE_INTEGER): void =>
    assertWhole(name(field), value, min, max);
  whole('atUs', fault.atUs, 0);
  whole('forUs', fault.forUs, 0);
  switch (fault.kind) {
    case 'loss':
    case 'duplicate':
    case 'corrupt':
    case 'reorder':
      assertProbability(name('probability'), fault.probability);
      whole('holdUs', fault.holdUs ?? 0, 0, MAX_LATENCY_US);
      return;
    case 'slow-link':
      assertInRange(name('amount'), fault.amount, 1, 1e6);
      return;
    case 'narrow-link':
      whole('amount', fault.amount, 1, 1e12);
      return;
    case 'flapping':
      whole('downUs', fault.downUs, 1);
      whole('upUs', fault.upUs, 1);
      return;
    case 'channel':
      whole('channel', fault.channel, 0, channels - 1);
      return;
    case 'slow-cpu':
      whole('costUs', fault.costUs, 0);
      return;
    case 'clock-step':
      whole('amount', fault.amount, -1e15, 1e15);
      return;
    case 'clock-drift':
      assertInRange(name('amount'), fault.amount, -MAX_DRIFT_PPM, MAX_DRIFT_PPM);
      return;
    case 'disk-slow':
      assertInRange(name('amount'), fault.amount ?? 1, 1, 1e6);
      return;
    default:
      return;
  }
}
