import { clonePlain, type Plain } from '@holdfast/plain';
import { HostClock } from '@holdfast/world';
import { type CaseFinding, functionsOf, markCase } from '../code.ts';
import { Draws } from '../draws.ts';
import type { Grade } from '../exercise.ts';

/** A version of a text, and what is known of when it was written. */
export interface EditVersion {
  readonly value: string;
  /** Whatever the store makes of it: plain data. */
  readonly stamp: Plain;
}

/** What is submitted: how a replica writes a version, and what it keeps of those it holds and hears. */
export interface EditStore {
  /** A new version, by an author who has read `read` at this replica. */
  write(replica: string, value: string, read: readonly EditVersion[], wallMs: number): EditVersion;
  /** What the replica holds after it has heard of a version; several when neither replaces the other. */
  merge(held: readonly EditVersion[], heard: EditVersion): readonly EditVersion[];
}

/** The file a learner begins with: the bug. */
export const LAST_WRITE_BLANK: string = `import type { EditStore } from 'holdfast';

// Of two versions the later one wins. Authors say that their edits vanish.
const store: EditStore = {
  write: (_replica, value, _read, wallMs) => ({ value, stamp: wallMs }),
  merge: (held, heard) => {
    const all = [...held, heard];
    const last = all.reduce((a, b) => (Number(b.stamp) > Number(a.stamp) ? b : a));
    return [last];
  },
};

export default store;
`;

const REPLICAS = ['east', 'west', 'north'];
const EDITS = 9;
const RUNS = 12;
const AHEAD_US = 5_000_000;

interface Finished {
  /** What each replica shows in the end. */
  readonly shown: readonly (readonly string[])[];
  /** For each value, the values its author had read, and those their authors had. */
  readonly past: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Plays edits at three replicas, the clock of one of which is five seconds ahead, and lets everybody hear of everything in the end. */
function play(store: EditStore, seed: number): Finished {
  const draws = new Draws(seed, 'last write');
  const ahead = draws.below(REPLICAS.length);
  const clocks = REPLICAS.map((_, i) => new HostClock({ offsetUs: i === ahead ? AHEAD_US : 0 }));
  const held: EditVersion[][] = REPLICAS.map(() => []);
  const past = new Map<string, ReadonlySet<string>>();
  const written: EditVersion[] = [];
  const hear = (replica: number, version: EditVersion): void => {
    const kept = store.merge(clonePlain(held[replica] ?? []), clonePlain(version));
    held[replica] = clonePlain([...kept]);
  };
  for (let edit = 1, trueUs = 0; edit <= EDITS; edit++) {
    trueUs += draws.between(1, 900) * 1_000;
    const at = draws.below(REPLICAS.length);
    const read = held[at] ?? [];
    const value = `edit ${edit}`;
    past.set(value, new Set(read.flatMap((each) => [each.value, ...(past.get(each.value) ?? [])])));
    const wallMs = Math.round((clocks[at]?.wallUs(trueUs) ?? 0) / 1_000);
    const version = clonePlain(store.write(REPLICAS[at] ?? '', value, clonePlain(read), wallMs));
    written.push(version);
    hear(at, version);
    // Some hear of it before the next edit, so that some edits are made by who has read and some are not.
    for (const [i] of REPLICAS.entries()) if (i !== at && draws.below(2) === 0) hear(i, version);
  }
  for (const [i] of REPLICAS.entries()) for (const version of draws.shuffled(written)) hear(i, version);
  return { shown: held.map((versions) => versions.map(({ value }) => value).toSorted()), past };
}

type Judge = (finished: Finished) => CaseFinding;

const CASES: Readonly<Record<string, Judge>> = {
  'no edit gives way to one that its author had read'({ shown, past }) {
    for (const [value, before] of past) {
      const winner = shown.flat().find((other) => before.has(other));
      if (winner !== undefined && isLatest(value, past) && shown.some((values) => !values.includes(value)))
        return {
          because: `${value} was made by who had read ${winner}, and ${winner} is shown in its place`,
          belief: 'the larger wall-clock time is the later edit: a clock that is ahead makes an old edit win',
        };
    }
    return undefined;
  },
  'of two edits that knew nothing of each other both are kept'({ shown, past }) {
    const latest = [...past.keys()].filter((value) => isLatest(value, past));
    const lost = latest.find((value) => shown.some((values) => !values.includes(value)));
    if (lost === undefined) return undefined;
    return {
      because: `${lost} was replaced by nobody who had read it, and is gone`,
      belief: 'one of two concurrent edits may win: its author is told nothing, and the other is lost',
    };
  },
  'an edit that was read and replaced is gone'({ shown, past }) {
    // Beside the later one: where an old edit is shown in its place, the first case says so.
    const stale = shown
      .flatMap((values) => values.filter((value) => values.some((other) => past.get(other)?.has(value))))
      .at(0);
    if (stale === undefined) return undefined;
    return {
      because: `${stale} was read by the author of a later edit, and is still shown`,
      belief: 'to keep everything is to merge: what an author has read and replaced is no conflict',
    };
  },
  'all replicas show the same in the end'({ shown }) {
    const different = shown.find((values) => values.join() !== shown[0]?.join());
    if (different === undefined) return undefined;
    return { because: `one shows ${shown[0]?.join(' and ') ?? ''}, another ${different.join(' and ')}` };
  },
};

/** Whether nobody who had read an edit made another. */
function isLatest(value: string, past: Finished['past']): boolean {
  return ![...past.values()].some((before) => before.has(value));
}

/** Runs a store through generated edits under a clock that is ahead. */
export function gradeLastWrite(submitted: unknown, seed: number): Grade {
  const store = functionsOf<EditStore>(submitted, ['write', 'merge']);
  return {
    marks: Object.entries(CASES).map(([name, judge]) =>
      markCase(name, () => {
        for (let run = 0; run < RUNS; run++) {
          const found = judge(play(store, seed * 100 + run));
          if (found !== undefined) return found;
        }
        return undefined;
      }),
    ),
  };
}
