import {
  type Experiment,
  exactly,
  experiment,
  type FaultDraft,
  type PatternVerdict,
  sketch,
  type SketchNode,
  type SketchProgram,
  type SketchRun,
  type Subject,
  unclaimed,
} from 'holdfast';
import { orders } from './load.ts';

const [FIRST, SECOND, INDEX] = [0, 1, 2];
const RESEND_MS = 40;

export const INDEX_AGREES = 'the search index has every order';

/** What the copies are built of; each part can be taken away. */
export interface CopiesBuild {
  /** Whether the lag is counted by what the second copy has acknowledged, or by what was handed to the network. */
  readonly lagBy: 'acknowledged' | 'sent';
  /** How often the index is compared with the orders, ms; 0 for never. */
  readonly reconcileMs: number;
}

export const COPIES: CopiesBuild = { lagBy: 'acknowledged', reconcileMs: 300 };

/** Orders at a first server, a second copy that follows, and a search index that is told of each order once. */
function copies(build: CopiesBuild): Subject {
  return sketch({
    name: 'orders and their copies',
    nodes: ['first', 'second', 'index'],
    operations: ['order'],
    survives: ['omission', 'crash-recovery'],
    clients: { timeoutMs: 200, attempts: 3 },
    program: (node) => {
      if (node.index === FIRST) return first(node, build);
      return node.index === SECOND ? second(node) : index(node);
    },
    promises: [INDEX_AGREES],
    judge: (run) => [judgeIndex(run)],
  });
}

function first(node: SketchNode, { lagBy, reconcileMs }: CopiesBuild): SketchProgram {
  const log = (node.kept['log'] ??= []) as string[];
  let acknowledged = 0;
  let sent = 0;
  const showLag = (): void =>
    node.show({ head: log.length, lag: log.length - (lagBy === 'acknowledged' ? acknowledged : sent) });
  const ship = (): void => {
    node.send(SECOND, { type: 'entries', from: acknowledged, orders: log.slice(acknowledged) });
    sent = log.length;
    showLag();
  };
  node.timer('resend', RESEND_MS);
  if (reconcileMs > 0) node.timer('reconcile', reconcileMs);
  return {
    request: ({ key }, answer) => {
      if (!log.includes(key)) {
        log.push(key);
        node.send(INDEX, { type: 'add', key });
      }
      ship();
      answer({ outcome: 'ok', output: null });
    },
    message: (_from, { type, has, orders }) => {
      if (type === 'has') acknowledged = Math.max(acknowledged, Number(has));
      else {
        const known = new Set(orders as string[]);
        for (const key of log) if (!known.has(key)) node.send(INDEX, { type: 'mend', key });
      }
      showLag();
    },
    timer: (name) => {
      if (name === 'resend' && acknowledged < log.length) ship();
      if (name === 'reconcile') node.send(INDEX, { type: 'what have you?' });
      node.timer(name, name === 'resend' ? RESEND_MS : reconcileMs);
    },
  };
}

function second(node: SketchNode): SketchProgram {
  const log = (node.kept['log'] ??= []) as string[];
  return {
    message: (from, { from: at, orders }) => {
      for (const [i, key] of (orders as string[]).entries()) if (Number(at) + i === log.length) log.push(key);
      node.show({ applied: log.length });
      node.send(from, { type: 'has', has: log.length });
    },
  };
}

function index(node: SketchNode): SketchProgram {
  const known = (node.kept['known'] ??= {}) as Record<string, true>;
  const mended = (node.kept['mended'] ??= {}) as Record<string, true>;
  return {
    message: (from, { type, key }) => {
      if (type === 'what have you?') {
        node.send(from, { type: 'these', orders: Object.keys(known) });
        return;
      }
      if (type === 'mend' && known[key] === undefined) mended[key] = true;
      known[key] = true;
    },
  };
}

function judgeIndex({ kept }: SketchRun): PatternVerdict {
  const log = (kept[FIRST]?.['log'] ?? []) as readonly string[];
  const known = (kept[INDEX]?.['known'] ?? {}) as Readonly<Record<string, true>>;
  const mended = Object.keys(kept[INDEX]?.['mended'] ?? {}).length;
  const missing = log.filter((key) => known[key] === undefined);
  const reason =
    missing.length === 0
      ? `of ${log.length} orders the index missed ${mended}, and was given them`
      : `the index never has ${missing.length} of ${log.length} orders, ${missing[0]} first`;
  return { promise: INDEX_AGREES, kept: missing.length === 0, reason, examined: mended + missing.length };
}

function play(name: string, build: CopiesBuild, faults: readonly FaultDraft[]): Experiment {
  return experiment({
    name,
    subject: copies(build),
    workload: orders(),
    faults: [exactly(faults)],
    contract: { order: unclaimed({ duringPartition: 'reject', availability: 'none' }) },
    bounds: { simulatedSeconds: 4, recoverWithinMs: 700 },
  });
}

/** The second copy hears nothing for half a second. */
export function lag(build: CopiesBuild): Experiment {
  const apart = { groups: [['first', 'C1'], ['second']], unlisted: 'with-all' as const };
  return play('lag', build, [{ kind: 'partition', ...apart, atUs: 800_000, forUs: 500_000 }]);
}

/** What the index is told is lost now and then. */
export function divergence(build: CopiesBuild): Experiment {
  return play('divergence', build, [
    { kind: 'loss', hosts: ['index'], probability: 0.3, atUs: 500_000, forUs: 1_000_000 },
  ]);
}
