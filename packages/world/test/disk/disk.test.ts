import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Stream } from '../../src/choices/stream.ts';
import { Disk, type DiskOptions, type DiskTicket, type DiskWrite } from '../../src/disk/disk.ts';

function ticketOf(disk: Disk, ...writes: DiskWrite[]): DiskTicket {
  const ticket = disk.write(writes);
  if (typeof ticket !== 'number') throw new Error(`refused: ${ticket.code}`);
  return ticket;
}

const put = (key: string, value: unknown): DiskWrite => ({ key, value });
const found = (disk: Disk) => ({ ...disk.recover().records });

/** A stream that gives these answers, then the calmest. */
function answers(...script: number[]): Stream {
  const stream = new Stream('disk', 1);
  stream.replay(script);
  stream.calm(script.length);
  return stream;
}

const KEPT = 0;
const LOST = 1;
const TORN = 2;

describe('durability', () => {
  it('a write is durable once its sync is complete, with every write before it', () => {
    const disk = new Disk();
    ticketOf(disk, put('a', 1), put('b', 2));
    const second = ticketOf(disk, put('a', 3), put('b', null));
    ticketOf(disk, put('c', 4));
    expect(disk.complete(second)).toBe('durable');
    expect(disk.unsyncedBatches).toBe(1);
    expect(disk.crash(answers(LOST))).toEqual({ kept: 0, lost: 1, torn: 0, damaged: [] });
    expect(found(disk)).toEqual({ a: 3 });
  });

  it('completing a sync twice, or an older one later, changes nothing', () => {
    const disk = new Disk();
    const first = ticketOf(disk, put('a', 1));
    const second = ticketOf(disk, put('a', 2));
    disk.complete(second);
    disk.complete(second);
    disk.complete(first);
    expect(found(disk)).toEqual({ a: 2 });
  });

  it('an observer sees what is written before it is durable; a key like __proto__ is only a key', () => {
    const disk = new Disk();
    ticketOf(disk, put('a', 1), put('__proto__', 'x'));
    expect(Object.keys(disk.readAll().records)).toEqual(['a', '__proto__']);
    expect(disk.readAll().records['toString']).toBeUndefined();
  });

  it('wiping leaves an empty disk that works', () => {
    const disk = new Disk();
    disk.complete(ticketOf(disk, put('a', 1)));
    ticketOf(disk, put('b', 1));
    disk.wipe();
    expect(disk.readAll()).toEqual({ records: {}, damaged: [] });
    disk.complete(ticketOf(disk, put('c', 1)));
    expect(found(disk)).toEqual({ c: 1 });
  });
});

describe('crash', () => {
  const withThree = (options?: DiskOptions) => {
    const disk = new Disk(options);
    disk.complete(ticketOf(disk, put('a', 0)));
    for (let i = 1; i <= 3; i++) ticketOf(disk, put('a', i), put(`b${i}`, i));
    return disk;
  };

  it('a crash of the process alone loses nothing and draws nothing', () => {
    const disk = withThree();
    const stream = answers(LOST, LOST, LOST);
    expect(disk.crash(stream, 'process').kept).toBe(3);
    expect(stream.position).toBe(0);
    expect(found(disk)).toEqual({ a: 3, b1: 1, b2: 2, b3: 3 });
  });

  it('after a power failure the calmest answer keeps everything, and a lost batch takes the later ones with it', () => {
    const calm = withThree();
    expect(calm.crash(answers()).kept).toBe(3);
    const disk = withThree();
    expect(disk.crash(answers(KEPT, LOST, KEPT))).toMatchObject({ kept: 1, lost: 2 });
    expect(found(disk)).toEqual({ a: 1, b1: 1 });
  });

  it('a batch is torn between two records and never within one', () => {
    const disk = withThree();
    expect(disk.crash(answers(TORN, 0))).toEqual({ kept: 0, lost: 2, torn: 1, damaged: [] });
    expect(found(disk)).toEqual({ a: 1 });
  });

  it('with reorder a later batch survives an earlier one that is lost, without it never', () => {
    const disk = withThree({ reorder: true });
    disk.crash(answers(LOST, KEPT, LOST));
    expect(found(disk)).toEqual({ a: 2, b2: 2 });
    const ordered = withThree();
    ordered.crash(answers(LOST, KEPT, LOST));
    expect(found(ordered)).toEqual({ a: 0 });
  });

  it('disk-lost-writes: the same crash loses what was not synced when it is a power failure, and else not', () => {
    const after = (what: 'power' | 'process') => {
      const disk = withThree();
      disk.crash(answers(LOST), what);
      return found(disk);
    };
    expect(after('power')).toEqual({ a: 0 });
    expect(after('process')).toEqual({ a: 3, b1: 1, b2: 2, b3: 3 });
  });

  it('disk-torn half writes the record at the tear and destroys its old version, which without it survives', () => {
    const torn = withThree();
    torn.inject({ kind: 'disk-torn' }, answers());
    expect(torn.crash(answers(TORN, 0))).toEqual({ kept: 0, lost: 2, torn: 1, damaged: ['a'] });
    expect(torn.recover()).toEqual({ records: {}, damaged: ['a'] });
    const fresh = withThree();
    fresh.inject({ kind: 'disk-torn' }, answers());
    fresh.crash(answers(TORN, 1));
    expect(fresh.recover()).toEqual({ records: { a: 1 }, damaged: ['b1'] });
    const healed = withThree();
    healed.inject({ kind: 'disk-torn' }, answers());
    healed.heal('disk-torn');
    healed.crash(answers(TORN, 0));
    expect(healed.recover()).toEqual({ records: { a: 1 }, damaged: [] });
  });

  it('whatever is drawn, what survives is a prefix of the writes that holds all that was durable', () => {
    const batches = fc.array(
      fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), value: fc.option(fc.nat(9)) }), {
        minLength: 1,
        maxLength: 3,
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(batches, fc.nat(7), fc.nat(), (list, synced, seed) => {
        const disk = new Disk();
        const tickets = list.map((writes) => ticketOf(disk, ...writes));
        const durable = Math.min(synced, list.length);
        if (durable > 0) disk.complete(tickets[durable - 1] as number);
        disk.crash(new Stream('crash', seed));
        const writes = list.flat();
        const least = list.slice(0, durable).flat().length;
        const prefixes: unknown[] = [];
        for (let n = least; n <= writes.length; n++) prefixes.push(afterWrites(writes.slice(0, n)));
        expect(prefixes).toContainEqual(found(disk));
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});

function afterWrites(writes: readonly DiskWrite[]): Record<string, unknown> {
  const records: Record<string, unknown> = {};
  for (const { key, value } of writes) {
    if (value === null) delete records[key];
    else records[key] = value;
  }
  return records;
}

describe('sync', () => {
  it('disk-fsync-fails fails once; without lost pages the next sync makes the same writes durable', () => {
    const disk = new Disk();
    disk.inject({ kind: 'disk-fsync-fails', losesPages: false }, answers());
    const ticket = ticketOf(disk, put('a', 1));
    expect(disk.complete(ticket)).toBe('failed');
    expect(disk.complete(ticket)).toBe('durable');
    disk.crash(answers(LOST));
    expect(found(disk)).toEqual({ a: 1 });
  });

  it('disk-fsync-fails with lost pages: the next sync succeeds and the writes are gone', () => {
    const disk = new Disk();
    disk.inject({ kind: 'disk-fsync-fails', losesPages: true }, answers());
    const first = ticketOf(disk, put('a', 1));
    const second = ticketOf(disk, put('b', 2));
    expect(disk.complete(first)).toBe('failed');
    expect(disk.complete(second)).toBe('durable');
    expect(found(disk)).toEqual({ b: 2 });
  });

  it('disarming a failing sync before it strikes makes it work', () => {
    const disk = new Disk();
    disk.inject({ kind: 'disk-fsync-fails', losesPages: true }, answers());
    disk.heal('disk-fsync-fails');
    expect(disk.complete(ticketOf(disk, put('a', 1)))).toBe('durable');
  });

  it('S1.57 a lying sync plus a power failure loses an acknowledged vote; an honest one keeps it', () => {
    const voteAfterCrash = (lies: boolean) => {
      const disk = new Disk();
      if (lies) disk.inject({ kind: 'disk-fsync-lies' }, answers());
      const acknowledged = disk.complete(ticketOf(disk, put('vote', { term: 3, for: 1 }))) === 'durable';
      disk.crash(answers(LOST));
      return { acknowledged, vote: disk.recover().records['vote'] };
    };
    expect(voteAfterCrash(true)).toEqual({ acknowledged: true, vote: undefined });
    expect(voteAfterCrash(false)).toEqual({ acknowledged: true, vote: { term: 3, for: 1 } });
  });

  it('after a lying sync is healed the next sync makes everything durable', () => {
    const disk = new Disk();
    disk.inject({ kind: 'disk-fsync-lies' }, answers());
    disk.complete(ticketOf(disk, put('a', 1)));
    disk.heal('disk-fsync-lies');
    disk.complete(ticketOf(disk, put('b', 1)));
    disk.crash(answers(LOST));
    expect(found(disk)).toEqual({ a: 1, b: 1 });
  });

  it('disk-slow multiplies what a sync takes, until healed', () => {
    const disk = new Disk({ syncLatency: { kind: 'constant', us: 700 } });
    expect(disk.drawSyncUs(answers())).toBe(700);
    disk.inject({ kind: 'disk-slow', factor: 10 }, answers());
    expect(disk.drawSyncUs(answers())).toBe(7_000);
    disk.heal('disk-slow');
    expect(disk.drawSyncUs(answers())).toBe(700);
    expect(() => disk.inject({ kind: 'disk-slow', factor: 0.5 }, answers())).toThrow(/Cannot use factor/);
  });

  it('the default sync takes 0.1 to 1 ms, and now and then up to 50', () => {
    const disk = new Disk();
    const stream = new Stream('sync', 3);
    const times = Array.from({ length: 20_000 }, () => disk.drawSyncUs(stream)).sort((a, b) => a - b);
    expect(times[0]).toBeGreaterThanOrEqual(100);
    expect(times[10_000]).toBeGreaterThan(500);
    expect(times[10_000]).toBeLessThan(600);
    expect(times.filter((t) => t > 1_000).length).toBeGreaterThan(5);
    expect(times.at(-1)).toBeLessThanOrEqual(50_000);
  });
});

describe('full disk', () => {
  it('disk-full refuses a batch whole, as data; healed it takes it', () => {
    const disk = new Disk();
    disk.inject({ kind: 'disk-full' }, answers());
    expect(disk.write([put('a', 1), put('b', 2)])).toEqual({ code: 'DISK_FULL', key: 'a' });
    expect(disk.readAll().records).toEqual({});
    disk.heal('disk-full');
    expect(disk.write([put('a', 1)])).toBe(1);
  });
});
