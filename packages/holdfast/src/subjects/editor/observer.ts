import { type CausalEvent, type HappensBefore, happensBefore } from '@holdfast/protocols';
import type { FieldRule, Stamps } from './rules.ts';

/** An edit that was acknowledged, as observers know it. */
export interface EditRecord {
  readonly id: number;
  readonly field: string;
  readonly node: string;
  /** The place of its event among all events. */
  readonly event: number;
  /** Edits shown to its author, which it replaces knowingly. */
  readonly replaces: readonly number[];
  readonly delta: unknown;
}

/** An edit that nobody replaced knowingly, and that is not shown in the end. */
export interface LostEdit {
  readonly edit: EditRecord;
  readonly winner: EditRecord;
  /** `newer`: the lost edit's author had seen the one that was preferred. */
  readonly kind: 'newer' | 'concurrent';
}

/** What happened in an editor, from outside: every event with the stamps its replica gave it. */
export class EditObserver {
  readonly events: CausalEvent[] = [];
  readonly stamps: Stamps[] = [];
  readonly edits: Map<number, EditRecord> = new Map();
  /** Edits decided against somewhere, and which one was shown instead. */
  private readonly displaced: { readonly lost: number; readonly shown: number }[] = [];
  private readonly rule: FieldRule<unknown>;

  constructor(rule: FieldRule<unknown>) {
    this.rule = rule;
  }

  /** A replica makes an edit; it sends it to all others. */
  edited(
    node: string,
    edit: Omit<EditRecord, 'event' | 'node'>,
    stamps: Stamps,
    shown: readonly number[],
  ): void {
    const event = this.events.push({ process: node, sends: `edit ${edit.id}` }) - 1;
    this.stamps.push(stamps);
    this.edits.set(edit.id, { ...edit, node, event });
    this.decided(edit.id, shown);
  }

  /** A replica hears of an edit for the first time. */
  received(
    node: string,
    id: number,
    stamps: Stamps,
    before: readonly number[],
    shown: readonly number[],
  ): void {
    this.events.push({ process: node, receives: `edit ${id}` });
    this.stamps.push(stamps);
    this.decided(id, shown);
    for (const held of before) this.decided(held, shown);
  }

  /** Happens-before of everything so far, computed from the events alone. */
  order(): HappensBefore {
    return happensBefore(this.events);
  }

  /** Edits lost for good, given what is shown of each field in the end. */
  lost(final: (field: string) => readonly number[], order: HappensBefore): LostEdit[] {
    const replaced = new Set([...this.edits.values()].flatMap(({ replaces }) => replaces));
    const found = new Map<number, LostEdit>();
    for (const { lost, shown } of this.displaced) {
      const edit = this.edits.get(lost);
      const winner = this.edits.get(shown);
      if (edit === undefined || winner === undefined) continue;
      if (replaced.has(lost) || final(edit.field).includes(lost)) continue;
      const relation = order.relation(winner.event, edit.event);
      // Decided against by one who had seen it: replaced, if not by name.
      if (relation === 'after') continue;
      const kind = relation === 'before' ? 'newer' : 'concurrent';
      if (kind === 'newer' || !found.has(lost)) found.set(lost, { edit, winner, kind });
    }
    return [...found.values()];
  }

  /** Of pairs of edits of one field: how many are concurrent, and of how many their own metadata tell it. */
  concurrency(order: HappensBefore): { readonly pairs: number; readonly told: number } {
    let pairs = 0;
    let told = 0;
    const all = [...this.edits.values()];
    for (const [i, a] of all.entries()) {
      for (const b of all.slice(i + 1)) {
        if (a.field !== b.field || order.relation(a.event, b.event) !== 'concurrent') continue;
        pairs++;
        if (this.rule.tellsConcurrent(a.delta, b.delta)) told++;
      }
    }
    return { pairs, told };
  }

  /** Mean bytes an edit carries to be ordered by, over the later half of the edits. */
  bytesPerEdit(): number {
    const all = [...this.edits.values()];
    const half = all.slice(Math.floor(all.length / 2));
    return half.reduce((sum, { delta }) => sum + this.rule.bytes(delta), 0) / Math.max(1, half.length);
  }

  private decided(id: number, shown: readonly number[]): void {
    if (shown.includes(id)) return;
    for (const winner of shown) this.displaced.push({ lost: id, shown: winner });
  }
}
