/*
 * How fast the data types of packages/protocols are, alone in one process, beside what plain JavaScript objects do.
 * Run: npx tsx --conditions=holdfast:source bench/protocol-types.ts
 * Rates are per second of processor time, the best of some rounds: the machine is shared, and noise only slows.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  compareVectors,
  fixedTimeout,
  hybridLimits,
  mergeVectors,
  ORSetReplica,
  parseVector,
  phiAccrual,
  type PhiModel,
  receiveHybrid,
  startHybrid,
  tickHybrid,
  type Vector,
  vectorFrom,
} from '@holdfast/protocols';

const ROUNDS = 5;

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** Best of some rounds, in operations a second. */
function rate(operations: number, work: () => void): number {
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = cpuMs();
    work();
    best = Math.max(best, (operations * 1_000) / (cpuMs() - start));
  }
  return best;
}

function report(what: string, perSecond: number): void {
  const text =
    perSecond >= 1e6 ? `${(perSecond / 1e6).toFixed(2)} M/s` : `${(perSecond / 1e3).toFixed(1)} k/s`;
  console.log(`${what.padEnd(58)} ${text.padStart(12)}`);
}

/** Keeps a result from being optimised away. */
let sink = 0;

/** The usual way: counters in an object. */
function compareObjects(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): number {
  let less = 0;
  let more = 0;
  for (const actor in a) {
    const x = a[actor] ?? 0;
    const y = b[actor] ?? 0;
    if (x < y) less = 1;
    else if (x > y) more = 2;
  }
  for (const actor in b) if (a[actor] === undefined) less = 1;
  return less + more;
}

function vectors(): void {
  for (const actors of [8, 64, 1_024]) {
    const counters = (add: number) =>
      Object.fromEntries(Array.from({ length: actors }, (_, i) => [`actor-${i}`, 1 + ((i * 7 + add) % 5)]));
    const a = vectorFrom(counters(0));
    // Read from a wire: its list of actors is another object with other strings.
    const b = parseVector(JSON.parse(JSON.stringify(vectorFrom(counters(3)))));
    // The worst case of a comparison: equal up to the last actor.
    const c = parseVector(JSON.parse(JSON.stringify(a)));
    const shared: Vector = { actors: a.actors, counters: c.counters };
    const count = Math.ceil(4_000_000 / actors);
    const left = counters(0);
    const right = JSON.parse(JSON.stringify(left)) as Record<string, number>;
    const repeat = (work: () => void) =>
      rate(count, () => {
        for (let i = 0; i < count; i++) work();
      });
    report(
      `plain: objects compared, ${actors} actors`,
      repeat(() => (sink += compareObjects(left, right))),
    );
    report(
      `vector compare, ${actors} actors, from a wire`,
      repeat(() => (sink += compareVectors(a, c).length)),
    );
    report(
      `vector compare, ${actors} actors, shared names`,
      repeat(() => (sink += compareVectors(a, shared).length)),
    );
    report(
      `vector merge, ${actors} actors, from a wire`,
      repeat(() => (sink += mergeVectors(a, b).counters.length)),
    );
    report(
      `vector read and check, ${actors} actors`,
      repeat(() => (sink += parseVector(b).counters.length)),
    );
  }
}

function clocks(): void {
  const limits = hybridLimits({ maxDriftMs: 500 });
  const count = 1_000_000;
  report(
    'HLC tick',
    rate(count, () => {
      let clock = startHybrid('A');
      for (let i = 0; i < count; i++) clock = tickHybrid(clock, 1_000 + (i >> 6), limits);
      sink += clock.l;
    }),
  );
  report(
    'HLC receive (checked)',
    rate(count, () => {
      let clock = startHybrid('A');
      const remote = { l: 1_000, c: 3, node: 'B' };
      for (let i = 0; i < count; i++) clock = receiveHybrid(clock, remote, 1_000 + (i >> 6), limits);
      sink += clock.l;
    }),
  );
}

function detectors(): void {
  const count = 300_000;
  for (const model of ['normal', 'logistic', 'exponential'] as readonly PhiModel[]) {
    const detector = phiAccrual({ model, threshold: 8, firstIntervalMs: 1_000 });
    report(
      `phi ${model}: heartbeat and phi, window 1,000`,
      rate(count, () => {
        const state = detector.start(0);
        for (let i = 1; i <= count; i++) {
          detector.heartbeat(state, i * 1_000 + (i % 7));
          sink += detector.suspicion(state, i * 1_000 + 900);
        }
      }),
    );
  }
  const fixed = fixedTimeout({ timeoutMs: 5_000 });
  report(
    'fixed timeout: heartbeat and check',
    rate(count, () => {
      const state = fixed.start(0);
      for (let i = 1; i <= count; i++) {
        fixed.heartbeat(state, i * 1_000);
        if (fixed.suspects(state, i * 1_000 + 900)) sink++;
      }
    }),
  );
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heapUsed(): number {
  collect();
  const { heapUsed: heap, arrayBuffers } = process.memoryUsage();
  return heap + arrayBuffers;
}

function timed(what: string, operations: number, work: () => void): void {
  const start = cpuMs();
  work();
  report(what, (operations * 1_000) / (cpuMs() - start));
}

function orSet(): void {
  const SIZE = 1_000_000;
  const names = Array.from({ length: SIZE }, (_, i) => `element-${i}`);
  const empty = heapUsed();
  const floor = new Set<string>();
  timed('floor: a million adds to a Set', SIZE, () => {
    for (const name of names) floor.add(name);
  });
  const before = heapUsed();
  console.log(`floor: ${((before - empty) / SIZE).toFixed(1)} bytes an element in a Set beside its own text`);
  const replica = new ORSetReplica('A');
  timed('OR-set: a million adds to one replica', SIZE, () => {
    for (const name of names) replica.add(name);
  });
  const after = heapUsed();
  console.log(`OR-set: ${((after - before) / SIZE).toFixed(1)} bytes an element beside its own text`);
  const peer = new ORSetReplica('B');
  timed('OR-set: a whole state of a million joined (checked)', SIZE, () => peer.merge(replica.state()));
  const CHURN = 100_000;
  timed('OR-set: add delta made, checked, joined at a peer', CHURN, () => {
    for (let i = 0; i < CHURN; i++) peer.merge(replica.add(`more-${i}`));
  });
  timed('OR-set: remove delta made, checked, joined at a peer', CHURN, () => {
    for (let i = 0; i < CHURN; i++) peer.merge(replica.remove(`more-${i}`));
  });
  timed('OR-set: removed and added again at one replica', 2 * CHURN, () => {
    for (let i = 0; i < CHURN; i++) {
      replica.remove(`element-${i}`);
      replica.add(`element-${i}`);
    }
  });
  if (floor.size !== SIZE || peer.size !== SIZE || replica.size !== SIZE)
    throw new Error(`the sets have ${peer.size} and ${replica.size}`);
}

vectors();
clocks();
detectors();
orSet();
if (sink < 0) console.log(sink);
