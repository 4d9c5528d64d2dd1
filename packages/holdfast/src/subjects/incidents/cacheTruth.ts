import type { Plain } from '@holdfast/plain';
import type { Experiment } from '../../experiment/experiment.ts';
import { SketchCaller } from '../sketch/caller.ts';
import type {
  HeardMessage,
  SketchAnswer,
  SketchNode,
  SketchProgram,
  SketchRequest,
  SketchRun,
} from '../sketch/options.ts';
import type { PatternVerdict } from '../patterns/running.ts';
import { incidentExperiment, regularly } from './incident.ts';

/** Ways in which a cache becomes the only place that knows. */
export const CACHE_TRUTH_DEFECTS = [
  'acknowledges-before-the-source',
  'audits-by-counting',
  'keeps-old-entries',
] as const;
/** One of them. */
export type CacheTruthDefect = (typeof CACHE_TRUTH_DEFECTS)[number];

/** What a cache may be relied upon for, and what not. */
export const CACHE_TRUTH_PROMISES = {
  rebuilt: 'a cache rebuilt from the source is equal to the cache',
  audited: 'drift is detected',
  expendable: 'losing the cache loses no data',
} as const;

const SOURCE = 1;
const KEYS = 10;
const AGAIN_MS = 100;
const WRITE_BEHIND_MS = 400;

type Entries = Record<string, number>;

/** Entries live in memory only: a crash loses them. `kept` shows them to the judge. */
class Cache implements SketchProgram {
  private readonly node: SketchNode;
  private readonly defect: CacheTruthDefect | null;
  private readonly caller: SketchCaller;
  private readonly entries: Entries = {};
  private readonly behind = new Map<string, number>();

  constructor(node: SketchNode, defect: CacheTruthDefect | null) {
    this.node = node;
    this.defect = defect;
    this.caller = new SketchCaller(node, AGAIN_MS);
    node.kept['entries'] = this.entries;
    if (defect === 'acknowledges-before-the-source') node.timer('write behind', WRITE_BEHIND_MS);
  }

  request({ f, key, input }: SketchRequest, answer: (answer: SketchAnswer) => void): void {
    const ok = (output: Plain): void => answer({ outcome: 'ok', output });
    if (f === 'put') this.put(key, Number(input), () => ok(null));
    else if (f === 'get') this.get(key, ok);
    else if (f === 'drift') {
      // Somebody changes an entry and not the source: a bug, a hand, a bit.
      this.entries[key] = Number(input);
      ok(null);
    } else this.audit(ok);
  }

  message(_from: number, message: HeardMessage): void {
    this.caller.heard(message);
  }

  timer(name: string): void {
    if (this.caller.timer(name)) return;
    for (const [key, value] of this.behind)
      this.caller.call(SOURCE, { type: 'put', key, value }, () => undefined);
    this.behind.clear();
    this.node.timer('write behind', WRITE_BEHIND_MS);
  }

  private put(key: string, value: number, done: () => void): void {
    if (this.defect === 'acknowledges-before-the-source') {
      this.entries[key] = value;
      this.behind.set(key, value);
      return done();
    }
    this.caller.call(SOURCE, { type: 'put', key, value }, () => {
      if (this.defect !== 'keeps-old-entries' || this.entries[key] === undefined) this.entries[key] = value;
      done();
    });
  }

  private get(key: string, done: (value: Plain) => void): void {
    const held = this.entries[key];
    if (held !== undefined) return done(held);
    this.caller.call(SOURCE, { type: 'get', key }, ({ value }) => {
      if (typeof value === 'number') this.entries[key] = value;
      done(value ?? null);
    });
  }

  /** Recomputes what the cache should hold and compares; what differs is named, and replaced. */
  private audit(done: (drifted: Plain) => void): void {
    this.caller.call(SOURCE, { type: 'all' }, (heard) => {
      const truth = heard['values'] as Entries;
      const held = Object.keys(this.entries);
      if (this.defect === 'audits-by-counting') {
        return done(held.length > Object.keys(truth).length ? held : []);
      }
      const drifted = held.filter((key) => this.entries[key] !== truth[key]);
      for (const key of drifted) this.entries[key] = truth[key] ?? 0;
      done(drifted);
    });
  }
}

function source(node: SketchNode): SketchProgram {
  const values = (node.kept['values'] ??= {}) as Entries;
  return {
    message: (from, { type, key, value, call }) => {
      if (type === 'put') values[key] = Math.max(values[key] ?? 0, Number(value));
      const words: Record<string, Plain> =
        type === 'all' ? { values: { ...values } } : { value: values[key] ?? null };
      node.send(from, { type: `${type} done`, key, call: call ?? '', ...words });
    },
  };
}

function judgeTruth({ operations, kept }: SketchRun): PatternVerdict[] {
  const { rebuilt, audited, expendable } = CACHE_TRUTH_PROMISES;
  const entries = (kept[0]?.['entries'] ?? {}) as Entries;
  const truth = (kept[SOURCE]?.['values'] ?? {}) as Entries;
  const different = Object.keys(entries).filter((key) => entries[key] !== truth[key]);
  const planted = operations.filter(({ f, outcome }) => f === 'drift' && outcome === 'ok');
  const found = operations
    .filter(({ f, outcome }) => f === 'audit' && outcome === 'ok')
    .flatMap(({ output }) => output as readonly string[]);
  const unseen = planted.filter(({ key = '' }) => !found.includes(key)).map(({ key }) => key);
  const wrongly = found.filter((key) => !planted.some((each) => each.key === key));
  const puts = operations.filter(({ f, outcome }) => f === 'put' && outcome === 'ok');
  const newest = (key: string, beforeUs: number): number =>
    Math.max(
      0,
      ...puts
        .filter((each) => each.key === key && each.completedAt < beforeUs)
        .map(({ input }) => Number(input)),
    );
  const reads = operations.filter(({ f, outcome }) => f === 'get' && outcome === 'ok');
  const old = reads.filter(({ key = '', output, invokedAt }) => Number(output) < newest(key, invokedAt));
  const lost = Object.keys(truth).filter((key) => (truth[key] ?? 0) < newest(key, Number.POSITIVE_INFINITY));
  return [
    {
      promise: rebuilt,
      kept: different.length === 0,
      reason: `${Object.keys(entries).length} entries, ${different.length} of which are not what the source has: ${different.slice(0, 3).join(', ')}`,
      examined: Object.keys(entries).length,
    },
    {
      promise: audited,
      kept: unseen.length === 0 && wrongly.length === 0,
      reason: `${planted.length} entries drifted, ${unseen.length} of them unseen; ${wrongly.length} named that had not`,
      examined: planted.length,
    },
    {
      promise: expendable,
      kept: lost.length === 0 && old.length === 0 && reads.length > KEYS,
      reason: `${lost.length} keys of the source lack an acknowledged write in the end; ${old.length} of ${reads.length} reads show less than was acknowledged`,
      examined: reads.length,
    },
  ];
}

/**
 * A cache before a source of truth: entries drift three times and are audited after each; the cache is lost once. `drifts` false plants nothing.
 */
export function cacheTruthExperiment(defect: CacheTruthDefect | null, drifts = true): Experiment {
  return incidentExperiment({
    name: `cache-as-truth${defect === null ? '' : `-${defect}`}${drifts ? '' : '-without-drift'}`,
    nodes: ['cache', 'source'],
    operations: ['put', 'get', 'drift', 'audit'],
    clients: 2,
    asks: { timeoutMs: 300, attempts: 3 },
    program: (node) => (node.index === SOURCE ? source(node) : new Cache(node, defect)),
    steps: (choices) => {
      const puts = regularly(choices, { fromMs: 500, untilMs: 7_000, everyMs: 60 }, (n) => {
        return { client: 0, f: 'put', key: `k${n % KEYS}`, input: n + 1 };
      });
      // Nobody writes what drifts until it has been audited.
      const planted = [1_500, 3_000, 6_000].flatMap((atMs, n) => [
        ...(drifts ? [{ atMs, client: 1, f: 'drift', key: `d${n}`, input: -1 }] : []),
        { atMs: atMs - 700, client: 1, f: 'put', key: `d${n}`, input: 1 },
        { atMs: atMs + 200, client: 1, f: 'audit', key: '', input: null },
      ]);
      // Everything is read when the cache is there again, empty, and at last.
      const gets = [4_350, 8_500].flatMap((atMs) =>
        Array.from({ length: KEYS }, (_, n) => {
          return { atMs: atMs + n, client: 1, f: 'get', key: `k${n}`, input: null };
        }),
      );
      return [...puts, ...planted, ...gets];
    },
    faults: [{ kind: 'crash', host: 'cache', atUs: 4_000_000, forUs: 300_000 }],
    promises: Object.values(CACHE_TRUTH_PROMISES),
    judge: judgeTruth,
  });
}
