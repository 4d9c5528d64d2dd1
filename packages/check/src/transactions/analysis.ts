import type { TransactionAnomaly } from './anomalies.ts';
import { splitIntoComponents } from './components.ts';
import type { Cycle } from './cycle.ts';
import { explainCycle, explainFinding } from './explain.ts';
import { EXAMPLES_PER_ANOMALY, type Findings } from './findings.ts';
import { buildGraph } from './graph.ts';
import { type SerialOrder, serialOrder } from './kahn.ts';
import {
  type CyclePattern,
  modelsForbiddingCycle,
  type OrderLevel,
  strongerThan,
  type TransactionModel,
} from './models.ts';
import { PATTERN_SEARCHES, PatternSearch } from './patterns.ts';
import type { VersionedHistory } from './versions.ts';

/** Everything that known versions say about a history. */
export interface Analysis {
  readonly anomalies: readonly TransactionAnomaly[];
  /** Models that the anomalies rule out, stronger ones included. */
  readonly ruledOut: ReadonlySet<TransactionModel>;
  /** Models that a search which ran out of steps might have ruled out. */
  readonly undecided: ReadonlySet<TransactionModel>;
  /** The serial order that explains the history, or how far one gets. */
  readonly serial: SerialOrder;
  /** The transactions of each strongly connected component of everything. */
  readonly components: readonly Int32Array[];
  readonly steps: number;
}

/** Patterns searched even where the models they rule out are ruled out already: cheap, and people ask for them by name. */
const ALWAYS: ReadonlySet<CyclePattern> = new Set(['observed-vanished', 'lost-update', 'fractured-read']);

/** Finds a serial order of everything, or else every kind of cycle that stands against one. */
export function analyseVersions(history: VersionedHistory, findings: Findings, stepLimit: number): Analysis {
  const serial = serialOrder(history);
  const collector = new AnomalyCollector(history, stepLimit);
  collector.steps = serial.steps;
  for (const finding of findings.list) collector.finding(explainFinding(history.columns, finding));
  const members: Int32Array[] = [];
  if (!serial.complete) {
    const components = splitIntoComponents(buildGraph(history, serial.stuck));
    collector.steps += components.steps;
    for (const graph of components.graphs) {
      const search = new PatternSearch(history, graph, stepLimit);
      collector.component(search);
      members.push(graph.transactions);
    }
  }
  return {
    anomalies: collector.anomalies,
    ruledOut: new Set(strongerThan(collector.violated)),
    undecided: new Set(strongerThan(collector.spent)),
    serial,
    components: members,
    steps: collector.steps,
  };
}

class AnomalyCollector {
  readonly anomalies: TransactionAnomaly[] = [];
  readonly violated = new Set<TransactionModel>();
  readonly spent = new Set<TransactionModel>();
  steps = 0;
  private readonly history: VersionedHistory;
  private readonly stepLimit: number;
  private readonly perName = new Map<string, number>();
  private readonly seen = new Map<string, number>();

  constructor(history: VersionedHistory, stepLimit: number) {
    this.history = history;
    this.stepLimit = stepLimit;
  }

  finding(anomaly: TransactionAnomaly): void {
    this.anomalies.push(anomaly);
    for (const name of anomaly.rulesOut) this.violated.add(name);
  }

  /** Looks for all patterns in one component, leaving out those that could rule out nothing more. */
  component(search: PatternSearch): void {
    const out = new Set<TransactionModel>();
    for (const [pattern, levels] of PATTERN_SEARCHES) {
      for (const level of levels) {
        const models = modelsForbiddingCycle(pattern, level);
        const useless = models.every((name) => out.has(name));
        if (useless && !ALWAYS.has(pattern)) continue;
        if (this.steps + search.steps > this.stepLimit) {
          for (const name of models) this.spent.add(name);
          continue;
        }
        if (this.judge(search, pattern, level, models)) {
          for (const name of strongerThan(models)) out.add(name);
          break;
        }
      }
    }
    const skew = search.writeSkew();
    if (skew !== undefined) this.cycle(skew, modelsForbiddingCycle('G2-item', 'none'));
    this.steps += search.steps;
  }

  private judge(
    search: PatternSearch,
    pattern: CyclePattern,
    level: OrderLevel,
    models: readonly TransactionModel[],
  ): boolean {
    const found = search.find(pattern, level);
    if (found === 'spent') for (const name of models) this.spent.add(name);
    if (found === undefined || found === 'spent') return false;
    this.cycle(found, models);
    return true;
  }

  private cycle(cycle: Cycle, models: readonly TransactionModel[]): void {
    for (const name of models) this.violated.add(name);
    const anomaly = explainCycle(this.history.columns, cycle, models);
    const identity = `${anomaly.name} ${anomaly.transactions.toSorted((a, b) => a - b).join(' ')}`;
    const before = this.seen.get(identity);
    if (before !== undefined) {
      const known = this.anomalies[before] as TransactionAnomaly;
      this.anomalies[before] = { ...known, rulesOut: strongerThan([...known.rulesOut, ...models]) };
      return;
    }
    const count = (this.perName.get(anomaly.name) ?? 0) + 1;
    this.perName.set(anomaly.name, count);
    if (count > EXAMPLES_PER_ANOMALY) return;
    this.seen.set(identity, this.anomalies.length);
    this.anomalies.push(anomaly);
  }
}
