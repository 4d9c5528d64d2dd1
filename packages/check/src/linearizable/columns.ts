import { classIn, fromColumns, type HistoryColumns, NO_CLASS } from '../history/columns.ts';
import type { Model, RegisterView } from '../models/model.ts';
import type { Verdict } from '../verdict.ts';
import { checkLinearizable, type LinearizableOptions, NoRealTimeError } from './check.ts';
import { NO_CLUSTER, Writers } from './clusters.ts';
import { BadOrderError } from './replay.ts';
import { PROMISE } from './violation.ts';
import { judgeIntervals } from './zones.ts';

const UNKNOWN = 2;
const OK = 0;
const READ = 1;
const WRITE = 2;

/**
 * The verdict of `checkLinearizable` on a history in columns. One register whose values are written once each is judged in the columns
 * themselves, with nothing made for single operations: ten million take about a second. Everything else, and every violation, goes by operations.
 */
export function checkLinearizableColumns<S>(
  columns: HistoryColumns,
  model: Model<S>,
  options: LinearizableOptions = {},
): Verdict {
  if (columns.order === 'session') throw new NoRealTimeError();
  const fast = options.method === 'search' ? undefined : RegisterColumns.of(columns, model)?.judge();
  return fast ?? checkLinearizable(fromColumns(columns), model, options);
}

class RegisterColumns {
  private readonly columns: HistoryColumns;
  private readonly model: string;
  /** By name: `READ` or `WRITE`. */
  private readonly kinds: Uint8Array;
  private readonly initial: number;
  /** Operations that say something. */
  private examined = 0;

  private constructor(columns: HistoryColumns, model: string, view: RegisterView) {
    this.columns = columns;
    this.model = model;
    this.kinds = Uint8Array.from(columns.names, (f) => (view.kindByName?.(f) === 'read' ? READ : WRITE));
    this.initial = classIn(columns, view.initial);
  }

  /** Undefined where there are other operations than reads and writes, several objects, or no order of times to go by. */
  static of<S>(columns: HistoryColumns, model: Model<S>): RegisterColumns | undefined {
    const view = model.register;
    if (view?.kindByName === undefined) return undefined;
    if (columns.names.some((f) => view.kindByName?.(f) === undefined)) return undefined;
    if (columns.keys.length > 1 || (columns.keys.length === 1 && columns.key.includes(NO_CLASS)))
      return undefined;
    return isInOrder(columns) ? new RegisterColumns(columns, model.name, view) : undefined;
  }

  judge(): Verdict | undefined {
    const clusterOf = this.clusters();
    if (clusterOf === undefined) return undefined;
    const { invokedAt: begins, completedAt: ends, outcome } = this.columns;
    const found = judgeIntervals(clusterOf, { begins, ends });
    if (found.status === 'violated') return undefined;
    const { order } = found;
    this.validate(order);
    const ids = new Array<number>(order.length);
    let unknown = 0;
    for (let k = 0; k < order.length; k++) {
      const i = order[k] as number;
      ids[k] = i;
      if (outcome[i] === UNKNOWN) unknown++;
    }
    const some = unknown === 0 ? '' : `, ${unknown} of unknown outcome among them,`;
    return {
      promise: PROMISE,
      status: 'holds',
      reason: `${order.length} operations on 1 object${some} fit one order that keeps real time and that ${this.model} allows`,
      evidence: { examined: this.examined, steps: this.examined, order: ids },
    };
  }

  /** As `readClusters`; undefined, too, for a read of what nobody wrote. */
  private clusters(): Int32Array | undefined {
    const { length, f, outcome, input, output } = this.columns;
    const { kinds, initial } = this;
    const writers = new Writers(length);
    const clusterOf = new Int32Array(length).fill(NO_CLUSTER);
    for (let i = 0; i < length; i++) {
      const how = outcome[i] as number;
      const isRead = kinds[f[i] as number] === READ;
      if (how !== OK && (isRead || how !== UNKNOWN)) continue;
      this.examined++;
      if (isRead) continue;
      if (!writers.add(input[i] as number, i)) return undefined;
      if (how === OK) clusterOf[i] = i;
    }
    if (writers.of(initial) !== NO_CLUSTER) return undefined;
    for (let i = 0; i < length; i++) {
      if (kinds[f[i] as number] !== READ || outcome[i] !== OK) continue;
      const value = output[i] as number;
      const writer = writers.of(value);
      if (writer === NO_CLUSTER && value !== initial) return undefined;
      clusterOf[i] = writer === NO_CLUSTER ? length : writer;
      if (writer !== NO_CLUSTER) clusterOf[writer] = writer;
    }
    return clusterOf;
  }

  /** Goes through the order as a register would, sharing no code with what found it. Throws `BadOrderError`. */
  private validate(order: Int32Array): void {
    const { length, f, outcome, input, output, invokedAt, completedAt } = this.columns;
    const isPlaced = new Uint8Array(length);
    let latest = Number.NEGATIVE_INFINITY;
    let value = this.initial;
    for (const i of order) {
      if (isPlaced[i] !== 0) throw new BadOrderError(`operation ${i} stands in it twice`);
      isPlaced[i] = 1;
      if ((completedAt[i] as number) < latest)
        throw new BadOrderError(`operation ${i} had completed before one placed ahead of it was invoked`);
      latest = Math.max(latest, invokedAt[i] as number);
      if (this.kinds[f[i] as number] === WRITE) value = input[i] as number;
      else if (output[i] !== value) throw new BadOrderError(`operation ${i} is illegal where it stands`);
    }
    for (let i = 0; i < length; i++) {
      if (isPlaced[i] === 0 && outcome[i] === OK) throw new BadOrderError(`operation ${i} is missing`);
    }
  }
}

/** True when operations are listed by invocation and no process goes on at the very instant it ended. */
function isInOrder({ length, process, outcome, invokedAt, completedAt }: HistoryColumns): boolean {
  const recent = new Map<number, number>();
  const small = new Float64Array(1024).fill(Number.NaN);
  for (let i = 0; i < length; i++) {
    const begin = invokedAt[i] as number;
    if (i > 0 && begin < (invokedAt[i - 1] as number)) return false;
    const who = process[i] as number;
    const isSmall = who >= 0 && who < small.length;
    if ((isSmall ? small[who] : recent.get(who)) === begin) return false;
    if (outcome[i] === UNKNOWN) continue;
    if (isSmall) small[who] = completedAt[i] as number;
    else recent.set(who, completedAt[i] as number);
  }
  return true;
}
