import { Choices } from '@holdfast/world';
import { type PlannedOperation, registers, type RegistersOptions } from 'holdfast';
import { describe, expect, it } from 'vitest';

const SPAN = { fromUs: 1_000_000, untilUs: 101_000_000, finalUntilUs: 103_000_000 };
const OPTIONS: RegistersOptions = {
  keys: 4,
  clients: 5,
  ratePerSecond: 50,
  mix: { read: 5, write: 3, cas: 2 },
};

function plan(options: RegistersOptions, seed = 0): PlannedOperation[] {
  return registers(options).plan({ choices: new Choices({ seed }).stream('workload'), ...SPAN });
}

function share(operations: readonly PlannedOperation[], f: string): number {
  return operations.filter((operation) => operation.f === f).length / operations.length;
}

describe('the registers workload', () => {
  it('arrives at the rate asked for, without waiting for answers, at irregular gaps', () => {
    const operations = plan({ ...OPTIONS, finalReads: false });
    expect(operations.length / 100).toBeGreaterThan(47);
    expect(operations.length / 100).toBeLessThan(53);
    const gaps = operations.slice(1).map(({ atUs }, i) => atUs - (operations[i]?.atUs ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1);
    expect(Math.min(...gaps)).toBeLessThan(6_000);
    expect(Math.max(...gaps)).toBeGreaterThan(32_000);
    expect(operations.every(({ atUs }) => atUs >= SPAN.fromUs && atUs < SPAN.untilUs)).toBe(true);
  });

  it('mixes operations by their weights, over all keys and clients', () => {
    const operations = plan({ ...OPTIONS, finalReads: false });
    expect(share(operations, 'read')).toBeCloseTo(0.5, 1);
    expect(share(operations, 'write')).toBeCloseTo(0.3, 1);
    expect(share(operations, 'cas')).toBeCloseTo(0.2, 1);
    expect([...new Set(operations.map(({ key }) => key))].sort()).toEqual(['k0', 'k1', 'k2', 'k3']);
    expect([...new Set(operations.map(({ client }) => client))].sort((a, b) => a - b)).toEqual([
      0, 1, 2, 3, 4,
    ]);
    expect(registers({ ...OPTIONS, mix: { read: 1, write: 0, cas: 2 } }).operations).toEqual(['read', 'cas']);
  });

  it('gives a hot key its share', () => {
    const hot = plan({ ...OPTIONS, finalReads: false, hotKeyShare: 0.8 });
    const first = hot.filter(({ key }) => key === 'k0').length / hot.length;
    expect(first).toBeGreaterThan(0.8);
    expect(first).toBeLessThan(0.9);
  });

  it('writes every value once, and compares with the value planned before it on that key', () => {
    const values = new Set<number>();
    const latest = new Map<string, number>();
    for (const { f, key, input } of plan(OPTIONS)) {
      if (f === 'read') {
        expect(input).toBeNull();
        continue;
      }
      const [from, to] = f === 'cas' ? (input as [number, number]) : [undefined, input as number];
      if (from !== undefined) expect(from).toBe(latest.get(key) ?? 0);
      expect(values.has(to)).toBe(false);
      values.add(to);
      latest.set(key, to);
    }
    expect(values.size).toBeGreaterThan(2_000);
  });

  it('ends with a read of every key by every client, in time', () => {
    const operations = plan(OPTIONS);
    const last = operations.slice(-20);
    expect(new Set(last.map(({ key, client }) => `${key}/${client}`)).size).toBe(20);
    for (const { f, atUs } of last) {
      expect(f).toBe('read');
      expect(atUs).toBeGreaterThan(SPAN.untilUs);
      expect(atUs).toBeLessThanOrEqual(SPAN.finalUntilUs);
    }
    const without = plan({ ...OPTIONS, finalReads: false });
    expect(operations.slice(0, -20)).toEqual(without);
    expect(plan({ ...OPTIONS, mix: { read: 0, write: 1, cas: 0 } }).some(({ f }) => f === 'read')).toBe(
      false,
    );
  });

  it('numbers operations in the order in which they arrive, the same for a seed every time', () => {
    const operations = plan(OPTIONS, 5);
    expect(operations.map(({ id }) => id)).toEqual(operations.map((_, i) => i));
    expect(plan(OPTIONS, 5)).toEqual(operations);
    expect(plan(OPTIONS, 6)).not.toEqual(operations);
  });
});
