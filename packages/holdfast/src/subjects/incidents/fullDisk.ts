import type { Operation } from '@holdfast/check';
import type { Experiment } from '../../experiment/experiment.ts';
import type { SketchAnswer, SketchNode, SketchProgram, SketchRequest, SketchRun } from '../sketch/options.ts';
import { incidentExperiment, regularly } from './incident.ts';

/** Ways in which a full disk becomes lost data. */
export const FULL_DISK_DEFECTS = [
  'truncates-before-the-snapshot-is-there',
  'acknowledges-what-was-not-written',
] as const;
/** One of them. */
export type FullDiskDefect = (typeof FULL_DISK_DEFECTS)[number];

/** What no acknowledged write may suffer. */
export const SURVIVES_FULL_DISK = 'acknowledged writes survive a full disk';

const CAPACITY = 60;
const LOG_LIMIT = 14;
const COMPACTING_MS = 30;
const KEYS = 12;
/** When somebody else's files take most of the disk, and when they are gone. */
const READ_MS = 4_450;
const FULL = { fromMs: 2_000, untilMs: 4_500, units: 40 } as const;

interface Entry {
  readonly key: string;
  readonly value: number;
}

interface Files {
  log: Entry[];
  snapshot: Record<string, number>;
  others: number;
}

/** A store with a log and a snapshot on a disk of sixty units: an entry takes one, a snapshot one for each key. */
class Store implements SketchProgram {
  private readonly node: SketchNode;
  private readonly defect: FullDiskDefect | null;
  private readonly files: Files;
  private readonly values: Record<string, number>;
  private isCompacting = false;

  constructor(node: SketchNode, defect: FullDiskDefect | null) {
    this.node = node;
    this.defect = defect;
    this.files = (node.kept['files'] ??= { log: [], snapshot: {}, others: 0 }) as Files;
    this.values = { ...this.files.snapshot };
    for (const { key, value } of this.files.log) this.values[key] = value;
  }

  request({ f, key, input }: SketchRequest, answer: (answer: SketchAnswer) => void): void {
    const ok = (output: number | null): void => answer({ outcome: 'ok', output });
    if (f === 'others') {
      this.files.others = Number(input);
      return ok(null);
    }
    if (f === 'read') return ok(this.values[key] ?? null);
    if ((this.files.log.length >= LOG_LIMIT || this.free() < 1) && !this.isCompacting) this.compact();
    if (this.free() >= 1) this.files.log.push({ key, value: Number(input) });
    else if (this.defect !== 'acknowledges-what-was-not-written')
      return answer({ outcome: 'fail', output: 'the disk is full' });
    this.values[key] = Number(input);
    ok(null);
  }

  /** The snapshot is written beside what it replaces: both need room until then. */
  timer(): void {
    const { files } = this;
    this.isCompacting = false;
    const next = { ...this.values };
    if (this.free() < Object.keys(next).length) {
      this.node.effect('cannot compact', 'the disk is full');
      return;
    }
    files.snapshot = next;
    files.log = [];
  }

  private compact(): void {
    this.isCompacting = true;
    if (this.defect === 'truncates-before-the-snapshot-is-there') this.files.log = [];
    this.node.timer('compacted', COMPACTING_MS);
  }

  private free(): number {
    const { log, snapshot, others } = this.files;
    return CAPACITY - log.length - Object.keys(snapshot).length - others;
  }
}

/** Reads that show less than what had been acknowledged before. Values of a key only grow. */
function tooOld({ operations }: SketchRun): Operation[] {
  const writes = operations.filter(({ f, outcome }) => f === 'write' && outcome === 'ok');
  return readsOf(operations).filter(({ key, output, invokedAt }) =>
    writes.some(
      (each) => each.key === key && each.completedAt < invokedAt && Number(each.input) > Number(output ?? 0),
    ),
  );
}

function readsOf(operations: readonly Operation[]): Operation[] {
  return operations.filter(({ f, outcome }) => f === 'read' && outcome === 'ok');
}

/** Resource exhaustion that must not become lost data: the disk is full while the log is compacted, and the store stops in the middle of it. */
export function fullDiskExperiment(defect: FullDiskDefect | null): Experiment {
  return incidentExperiment({
    name: `full-disk${defect === null ? '' : `-${defect}`}`,
    nodes: ['store'],
    operations: ['write', 'read', 'others'],
    clients: 2,
    asks: { timeoutMs: 200 },
    program: (node) => new Store(node, defect),
    steps: (choices) => {
      const write = regularly(choices, { fromMs: 500, untilMs: 7_500, everyMs: 60 }, (n) => ({
        client: 0,
        f: 'write',
        key: `k${n % KEYS}`,
        input: n + 1,
      }));
      const others = (atMs: number, units: number) => ({
        atMs,
        client: 1,
        f: 'others',
        key: 'disk',
        input: units,
      });
      // Everything is read when the store is up again, and at last.
      const read = [READ_MS, 8_500].flatMap((atMs) =>
        Array.from({ length: KEYS }, (_, n) => {
          return { atMs: atMs + n, client: 1, f: 'read', key: `k${n}`, input: null };
        }),
      );
      return [...write, others(FULL.fromMs, FULL.units), others(FULL.untilMs, 0), ...read];
    },
    faults: [{ kind: 'crash', host: 'store', atUs: 4_200_000, forUs: 200_000 }],
    promises: [SURVIVES_FULL_DISK],
    judge: (run) => {
      const old = tooOld(run);
      const examined = readsOf(run.operations).length;
      const reason = `${old.length} of ${examined} reads show less than was acknowledged: ${old
        .slice(0, 3)
        .map(({ key }) => key)
        .join(', ')}`;
      return [{ promise: SURVIVES_FULL_DISK, kept: old.length === 0 && examined > KEYS, reason, examined }];
    },
    metrics: ({ operations, effects }) => ({
      refused: operations.filter(({ output }) => output === 'the disk is full').length,
      'compactions given up': effects.filter(({ what }) => what === 'cannot compact').length,
      'written once there was room': operations.filter(
        ({ f, outcome, invokedAt }) => f === 'write' && outcome === 'ok' && invokedAt > FULL.untilMs * 1_000,
      ).length,
    }),
  });
}
