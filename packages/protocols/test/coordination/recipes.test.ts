import { describe, expect, it } from 'vitest';
import {
  consulRecipes,
  type CoordinationRecipes,
  etcdRecipes,
  type HeldLock,
  RecipeError,
  zooKeeperRecipes,
} from '../../src/coordination/index.ts';
import { Dice } from '../raft/chaos.ts';
import { finish, Program } from './program.ts';
import { broken, elect, type Run, settle, start } from './support.ts';

const SERVICES: Readonly<Record<string, CoordinationRecipes>> = {
  ZooKeeper: zooKeeperRecipes,
  etcd: etcdRecipes,
  Consul: consulRecipes,
};
const TTL_MS = 100;

/** A session is over by the leader's clock, and so is the delay it leaves behind. */
function expire(run: Run, session: number): void {
  run.group.fire(1, `session/${session}`);
  settle(run.group);
  for (const timer of [...run.group.host(1).timers.keys()].filter((name) => name.startsWith('session/-'))) {
    run.group.fire(1, timer);
    settle(run.group);
  }
}

/** What the lock protects: with a fence it refuses a token lower than one it has seen. */
class Protected {
  readonly writes: string[] = [];
  refused = 0;
  private highest = 0;
  private readonly fenced: boolean;
  constructor(fenced: boolean) {
    this.fenced = fenced;
  }
  write({ token, session }: HeldLock): void {
    if (this.fenced && token < this.highest) {
      this.refused++;
      return;
    }
    this.highest = Math.max(this.highest, token);
    this.writes.push(`${session}`);
  }
}

/** A holder is paused, loses its session, and writes when it comes back: what the protected thing has carried out. */
function pausedHolder(recipes: CoordinationRecipes, fenced: boolean): Protected {
  const run = start();
  const file = new Protected(fenced);
  for (const session of [7, 8]) finish(run, recipes.open(session, TTL_MS));
  const first = finish(run, recipes.lock(7, 'file'));
  const second = new Program(run, recipes.lock(8, 'file')).go();
  expect(second.isDone).toBe(false);
  // It sleeps through its session, with the lock in its hands as far as it knows.
  expire(run, 7);
  second.giveUpWatch();
  second.go();
  file.write(second.value as HeldLock);
  file.write(first);
  file.write(second.value as HeldLock);
  expect(broken(run)).toEqual([]);
  return file;
}

describe.each(Object.entries(SERVICES))('recipes on %s', (_, recipes) => {
  it('S4.32 election: one leads, and when its session ends the next does, with a higher token', () => {
    const run = start();
    const candidates = [7, 8, 9].map((session) => {
      finish(run, recipes.open(session, TTL_MS));
      return new Program(run, recipes.lock(session, 'chief')).go();
    });
    const tokens: number[] = [];
    for (let turn = 0; turn < candidates.length; turn++) {
      for (const candidate of candidates) {
        candidate.giveUpWatch();
        candidate.go();
      }
      const leads = finish(run, recipes.leader('chief'));
      const winner = candidates.find(({ value }) => value?.session === leads);
      expect(candidates.filter(({ isDone }) => isDone).map(({ value }) => value?.session)).toContain(leads);
      tokens.push(winner?.value?.token ?? 0);
      expire(run, leads);
    }
    expect(tokens).toEqual(tokens.toSorted((a, b) => a - b));
    expect(new Set(tokens).size).toBe(3);
    expect(finish(run, recipes.leader('chief'))).toBe(0);
    expect(broken(run)).toEqual([]);
  });

  it('S4.32 lock: who gives it back makes room for the next, and a second release is refused', () => {
    const run = start();
    for (const session of [7, 8]) finish(run, recipes.open(session, TTL_MS));
    const held = finish(run, recipes.lock(7, 'file'));
    const waiting = new Program(run, recipes.lock(8, 'file')).go();
    expect(waiting.isDone).toBe(false);
    expect(finish(run, recipes.unlock(held))).toBe(true);
    waiting.go();
    expect(waiting.value).toMatchObject({ session: 8 });
    expect(waiting.value?.token).toBeGreaterThan(held.token);
    expect(finish(run, recipes.unlock(held))).toBe(false);
    expect(broken(run)).toEqual([]);
  });

  it('S4.32 configuration: a write with an old version is refused, and who follows hears of the new value', () => {
    const run = start();
    const empty = finish(run, recipes.read('limit'));
    expect(empty.value).toBe(null);
    expect(finish(run, recipes.write('limit', 10, empty.version))).toBe(true);
    const seen = finish(run, recipes.read('limit'));
    const follower = new Program(run, recipes.next('limit', seen.at)).go();
    expect(follower.isDone).toBe(false);
    expect(finish(run, recipes.write('limit', 20, seen.version))).toBe(true);
    expect(finish(run, recipes.write('limit', 30, seen.version))).toBe(false);
    follower.go();
    expect(follower.value).toMatchObject({ value: 20 });
    expect(broken(run)).toEqual([]);
  });

  it('S4.32 discovery: addresses are there while their sessions are', () => {
    const run = start();
    for (const session of [7, 8]) {
      finish(run, recipes.open(session, TTL_MS));
      finish(run, recipes.register(session, 'web', `host-${session}`));
    }
    expect(finish(run, recipes.discover('web')).addresses).toEqual(['host-7', 'host-8']);
    expire(run, 7);
    expect(finish(run, recipes.discover('web')).addresses).toEqual(['host-8']);
    expect(finish(run, recipes.discover('none')).addresses).toEqual([]);
    expect(broken(run)).toEqual([]);
  });

  it('S4.32 S4.27 X24 a lock alone is unsafe: a paused holder writes after the next one; a fence refuses it by its token', () => {
    const bare = pausedHolder(recipes, false);
    expect(bare.writes).toEqual(['8', '7', '8']);
    const fenced = pausedHolder(recipes, true);
    expect(fenced.writes).toEqual(['8', '8']);
    expect(fenced.refused).toBe(1);
  });

  it('a session that is over holds nothing, and whoever goes on under it is told', () => {
    const run = start();
    finish(run, recipes.open(7, TTL_MS));
    expire(run, 7);
    const late = new Program(run, recipes.lock(7, 'file')).go();
    expect(late.error).toBeInstanceOf(RecipeError);
  });

  it('keeps one holder a token in any disorder of steps, ends of sessions and leaders', () => {
    let held = 0;
    for (let seed = 1; seed <= 2; seed++) held += disorder(recipes, seed);
    expect(held).toBeGreaterThan(2);
  });
});

/** Clients take and give back one lock while sessions end and leaders change; answers how many held it. */
function disorder(recipes: CoordinationRecipes, seed: number): number {
  const run = start();
  const dice = new Dice(seed);
  const holders = new Map<number, number>();
  const programs = new Map<number, Program<HeldLock>>();
  let session = 0;
  for (let step = 0; step < 40; step++) {
    const roll = dice.below(10);
    const ids = [...programs.keys()];
    if (roll === 0 || ids.length === 0) {
      session++;
      finish(run, recipes.open(session, TTL_MS));
      programs.set(session, new Program(run, recipes.lock(session, 'file')));
    } else if (roll === 1) {
      elect(run, 1 + dice.below(3));
      elect(run, 1);
    } else if (roll === 2) {
      const gone = dice.pick(ids);
      expire(run, gone);
      programs.delete(gone);
    } else {
      const id = dice.pick(ids);
      const program = programs.get(id) as Program<HeldLock>;
      if (roll < 5) program.giveUpWatch();
      for (let i = 0; i < 4; i++) program.once();
      if (!program.isDone) continue;
      programs.delete(id);
      if (program.value === undefined) continue;
      const { token } = program.value;
      expect(holders.get(token) ?? id, `seed ${seed}: token ${token}`).toBe(id);
      holders.set(token, id);
      finish(run, recipes.unlock(program.value));
    }
  }
  expect(broken(run)).toEqual([]);
  return holders.size;
}
