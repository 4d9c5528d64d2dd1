import { describe, expect, it } from 'vitest';
import { Stream } from '../../src/choices/stream.ts';
import { Disk } from '../../src/disk/disk.ts';
import { FaultBudget } from '../../src/disk/faultBudget.ts';

/** A disk whose records were each written twice: `a1`, `a2`. */
function filled(): Disk {
  const disk = new Disk();
  for (const version of [1, 2]) {
    const writes = ['a', 'b', 'c'].map((key) => ({ key, value: `${key}${version}` }));
    disk.complete(disk.write(writes) as number);
  }
  return disk;
}

const seeded = () => new Stream('damage', 4);
const SOUND = { records: { a: 'a2', b: 'b2', c: 'c2' }, damaged: [] };

describe('damage', () => {
  it('without a fault everything reads well', () => {
    expect(filled().recover()).toEqual(SOUND);
  });

  it('disk-bit-rot is found on reading, stays, and is cured by writing the record again', () => {
    const disk = filled();
    expect(disk.inject({ kind: 'disk-bit-rot', key: 'b' }, seeded())).toBe('b');
    expect(disk.recover()).toEqual({ records: { a: 'a2', c: 'c2' }, damaged: ['b'] });
    expect(disk.recover().damaged).toEqual(['b']);
    disk.complete(disk.write([{ key: 'b', value: 'b3' }]) as number);
    expect(disk.recover()).toEqual({ records: { a: 'a2', b: 'b3', c: 'c2' }, damaged: [] });
  });

  it('a fault without a key strikes a record drawn from those it fits, the same one for the same seed', () => {
    const strikes = () => {
      const disk = filled();
      const stream = seeded();
      return [1, 2, 3, 4].map(() => disk.inject({ kind: 'disk-bit-rot' }, stream));
    };
    expect(new Set(strikes().slice(0, 3))).toEqual(new Set(['a', 'b', 'c']));
    expect(strikes()[3]).toBeUndefined();
    expect(strikes()).toEqual(strikes());
  });

  it('disk-misdirected read: the record carries its own key, so the mistake is noticed; a second look is right', () => {
    const disk = filled();
    disk.inject({ kind: 'disk-misdirected', operation: 'read', key: 'a' }, seeded());
    expect(disk.recover()).toEqual({ records: { b: 'b2', c: 'c2' }, damaged: ['a'] });
    expect(disk.recover()).toEqual(SOUND);
  });

  it('disk-misdirected write: the record hit is damaged, the one meant keeps its old version unnoticed', () => {
    const disk = filled();
    disk.inject({ kind: 'disk-misdirected', operation: 'write', key: 'c' }, seeded());
    disk.complete(disk.write([{ key: 'a', value: 'a3' }]) as number);
    expect(disk.recover()).toEqual({ records: { a: 'a2', b: 'b2' }, damaged: ['c'] });
    disk.complete(disk.write([{ key: 'a', value: 'a4' }]) as number);
    expect(disk.recover().records['a']).toBe('a4');
  });

  it('disk-stale returns the previous version once, and no checksum notices', () => {
    const disk = filled();
    disk.inject({ kind: 'disk-stale', key: 'b' }, seeded());
    expect(disk.recover()).toEqual({ records: { a: 'a2', b: 'b1', c: 'c2' }, damaged: [] });
    expect(disk.recover()).toEqual(SOUND);
  });

  it('read faults strike nobody but the process that recovers, and can be disarmed', () => {
    const disk = filled();
    disk.inject({ kind: 'disk-stale', key: 'b' }, seeded());
    disk.inject({ kind: 'disk-misdirected', operation: 'read', key: 'a' }, seeded());
    disk.inject({ kind: 'disk-misdirected', operation: 'write', key: 'a' }, seeded());
    expect(disk.readAll()).toEqual(SOUND);
    disk.heal('disk-stale');
    disk.heal('disk-misdirected');
    expect(disk.recover()).toEqual(SOUND);
    disk.complete(disk.write([{ key: 'c', value: 'c3' }]) as number);
    expect(disk.recover().records).toEqual({ a: 'a2', b: 'b2', c: 'c3' });
  });

  it('a fault with nothing to strike says so', () => {
    const disk = new Disk();
    expect(disk.inject({ kind: 'disk-bit-rot' }, seeded())).toBeUndefined();
    disk.complete(disk.write([{ key: 'a', value: 1 }]) as number);
    expect(disk.inject({ kind: 'disk-stale' }, seeded())).toBeUndefined();
    expect(disk.inject({ kind: 'disk-misdirected', operation: 'read' }, seeded())).toBeUndefined();
    expect(disk.inject({ kind: 'disk-bit-rot', key: 'z' }, seeded())).toBeUndefined();
  });

  it('an unsynced write over a damaged record is what an observer sees, and damage shows again if it is lost', () => {
    const disk = filled();
    disk.inject({ kind: 'disk-bit-rot', key: 'a' }, seeded());
    disk.write([{ key: 'a', value: 'a3' }]);
    expect(disk.readAll()).toEqual({ records: { a: 'a3', b: 'b2', c: 'c2' }, damaged: [] });
    const lost = seeded();
    lost.replay([1]);
    expect(disk.crash(lost).lost).toBe(1);
    expect(disk.recover().damaged).toEqual(['a']);
  });
});

describe('fault budget', () => {
  it('lets at most a minority hold damage at once', () => {
    const budget = new FaultBudget(5);
    expect(budget.limit).toBe(2);
    expect([budget.damage(4), budget.damage(1), budget.damage(2)]).toEqual([true, true, false]);
    expect(budget.damage(1)).toBe(true);
    expect(budget.mayDamage(0)).toBe(false);
    budget.repaired(4);
    expect(budget.mayDamage(0)).toBe(true);
    expect(budget.damagedHosts()).toEqual([1]);
  });

  it('has limits 0, 0, 1, 1, 2 for one to five hosts, and another when told', () => {
    expect([1, 2, 3, 4, 5].map((n) => new FaultBudget(n).limit)).toEqual([0, 0, 1, 1, 2]);
    expect(new FaultBudget(3, 3).limit).toBe(3);
    expect(() => new FaultBudget(3).mayDamage(3)).toThrow(/Cannot use host/);
  });
});
