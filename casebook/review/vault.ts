import {
  type Experiment,
  experiment,
  type PatternVerdict,
  sketch,
  type SketchNode,
  type SketchProgram,
  type SketchRun,
  unclaimed,
} from 'holdfast';
import { orders } from './load.ts';

const [SHOP, VAULT] = [0, 1];
const CHUNK = 5;
const CHUNK_MS = 20;

export const RESTORED: string = 'a restored backup is what was there when it was begun';
/** How old the last restore is when the run ends, ms. */
export const RESTORE_AGE = 'age of the last restore, ms';

/** What backups are built of; each part can be taken away. */
export interface VaultBuild {
  /** A restore is tried after each backup, ms apart; 0: once, and never again. */
  readonly restoreMs: number;
  /** Whether a backup is of one instant, or of whatever is there when each part of it is read. */
  readonly snapshot: boolean;
}

export const VAULTED: VaultBuild = { restoreMs: 700, snapshot: true };

interface Drill {
  readonly atMs: number;
  readonly equal: boolean;
}

/** Orders that change while they are copied, part by part, to a vault, which is restored to look whether it is good. */
export function restore(build: VaultBuild): Experiment {
  return experiment({
    name: 'restore',
    subject: sketch({
      name: 'orders and their backups',
      nodes: ['shop', 'vault'],
      operations: ['order'],
      survives: ['crash-recovery'],
      clients: { timeoutMs: 200 },
      program: (node) => (node.index === SHOP ? shop(node, build) : vault(node, build)),
      promises: [RESTORED],
      judge: (run) => [judge(run)],
      metrics: (run) => ({ [RESTORE_AGE]: 4_000 - (drillsOf(run).at(-1)?.atMs ?? 0) }),
    }),
    workload: orders(),
    faults: [],
    contract: { order: unclaimed({ duringPartition: 'reject', availability: 'none' }) },
    bounds: { simulatedSeconds: 4, recoverWithinMs: 700 },
  });
}

/** Twenty accounts, of which each order moves one from one to another: their sum never changes. */
function shop(node: SketchNode, { snapshot }: VaultBuild): SketchProgram {
  const stock = (node.kept['stock'] ??= Array.from({ length: 20 }, () => 100)) as number[];
  let frozen: number[] = stock;
  return {
    request: (_request, answer) => {
      const [from, to] = [node.draw(20, 'from'), node.draw(20, 'to')];
      stock[from] = (stock[from] ?? 0) - 1;
      stock[to] = (stock[to] ?? 0) + 1;
      answer({ outcome: 'ok', output: null });
    },
    message: (vaultId, { from }) => {
      // A copy at the first part: all parts are of one instant.
      if (from === 0) frozen = snapshot ? [...stock] : stock;
      node.send(vaultId, {
        type: 'part',
        from: Number(from),
        stock: frozen.slice(Number(from), Number(from) + CHUNK),
      });
    },
  };
}

function vault(node: SketchNode, { restoreMs }: VaultBuild): SketchProgram {
  const drills = (node.kept['drills'] ??= []) as Drill[];
  let backup: number[] = [];
  node.timer('begin', 300);
  return {
    message: (_from, { from, stock }) => {
      backup = [...backup.slice(0, Number(from)), ...(stock as number[])];
      if (backup.length < 20) {
        node.timer('more', CHUNK_MS);
        return;
      }
      const sum = backup.reduce((all, one) => all + one, 0);
      drills.push({ atMs: node.upMs(), equal: sum === 2_000 });
      if (restoreMs > 0) node.timer('begin', restoreMs);
    },
    timer: (name) => {
      if (name === 'begin') backup = [];
      node.send(SHOP, { type: 'part?', from: backup.length });
    },
  };
}

function drillsOf({ kept }: Pick<SketchRun, 'kept'>): readonly Drill[] {
  return (kept[VAULT]?.['drills'] ?? []) as readonly Drill[];
}

function judge(run: SketchRun): PatternVerdict {
  const drills = drillsOf(run);
  const bad = drills.findIndex(({ equal }) => !equal);
  const reason =
    bad < 0
      ? `${drills.length} backups were restored, and nothing had come or gone in any`
      : `backup ${bad + 1} of ${drills.length} holds parts of different instants`;
  return { promise: RESTORED, kept: bad < 0, reason, examined: drills.length };
}
