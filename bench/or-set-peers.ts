/*
 * The OR-set of packages/protocols beside a map of Yjs used as a set: a million elements, deltas, memory.
 * Run: npx tsx --conditions=holdfast:source bench/or-set-peers.ts
 * Comparable: adding, removing, shipping one change, joining a whole state, bytes of heap an element. Not comparable: Yjs has texts and
 * lists, undo and one binary format; the OR-set checks what it is given, and add wins over a concurrent remove (in a map of Yjs
 * the later of two concurrent writers of a key wins).
 * Rates are per second of processor time; one round, as building a million elements is the work.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ORSetReplica } from '@holdfast/protocols';
import { applyUpdate, Doc, encodeStateAsUpdate } from 'yjs';

const SIZE = 1_000_000;
const CHURN = 20_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heapUsed(): number {
  collect();
  const { heapUsed: heap, arrayBuffers } = process.memoryUsage();
  return heap + arrayBuffers;
}

function rate(operations: number, work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return operations / ((user + system) / 1e6);
}

/** A set of texts that ships its changes. */
interface Contender {
  readonly name: string;
  addAll(elements: readonly string[]): void;
  /** Makes a replica from the whole state of this one, and answers how many elements it has. */
  copy(): number;
  /** Adds at this replica and joins the change at the copy; removes likewise. */
  add(element: string): void;
  remove(element: string): void;
}

function orSet(): Contender {
  const replica = new ORSetReplica('A');
  const peer = new ORSetReplica('B');
  return {
    name: 'OR-set',
    addAll: (elements) => {
      for (const element of elements) replica.add(element);
    },
    copy: () => {
      peer.merge(replica.state());
      return peer.size;
    },
    add: (element) => peer.merge(replica.add(element)),
    remove: (element) => peer.merge(replica.remove(element)),
  };
}

function yjs(): Contender {
  const [replica, peer] = [new Doc(), new Doc()];
  const [set, copy] = [replica.getMap('set'), peer.getMap('set')];
  return {
    name: 'Yjs map',
    addAll: (elements) => {
      replica.transact(() => {
        for (const element of elements) set.set(element, true);
      });
    },
    copy: () => {
      applyUpdate(peer, encodeStateAsUpdate(replica));
      replica.on('update', (update: Uint8Array) => applyUpdate(peer, update));
      return copy.size;
    },
    add: (element) => void set.set(element, true),
    remove: (element) => set.delete(element),
  };
}

const elements = Array.from({ length: SIZE }, (_, i) => `element-${i}`);
const more = Array.from({ length: CHURN }, (_, i) => `more-${i}`);

function measure(make: () => Contender): Record<string, number> {
  const before = heapUsed();
  const contender = make();
  const add = rate(SIZE, () => contender.addAll(elements));
  const bytes = (heapUsed() - before) / SIZE;
  let copied = 0;
  const join = rate(SIZE, () => (copied = contender.copy()));
  if (copied !== SIZE) throw new RangeError(`${contender.name}: the copy has ${copied} elements`);
  const each = (work: (element: string) => void) => rate(CHURN, () => more.forEach((one) => work(one)));
  const shipAdd = each((element) => contender.add(element));
  const shipRemove = each((element) => contender.remove(element));
  return {
    'adds to one replica (a second)': add,
    'heap an element, beside its text (bytes)': bytes,
    'elements of a whole state joined (a second)': join,
    'adds shipped and joined (a second)': shipAdd,
    'removes shipped and joined (a second)': shipRemove,
  };
}

const [ours, theirs] = [measure(orSet), measure(yjs)];
console.log(
  `${'a million elements'.padEnd(46)}${'OR-set'.padStart(14)}${'Yjs map'.padStart(14)}${'ratio'.padStart(10)}`,
);
for (const [what, own] of Object.entries(ours)) {
  const other = theirs[what] ?? Number.NaN;
  const cells = [own, other].map((value) => Math.round(value).toLocaleString('en').padStart(14));
  console.log(`${what.padEnd(46)}${cells.join('')}${(own / other).toFixed(2).padStart(10)}`);
}
