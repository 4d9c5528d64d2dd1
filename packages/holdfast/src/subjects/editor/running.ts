import type { Operation, Verdict } from '@holdfast/check';
import type { HostId, World } from '@holdfast/world';
import type { Call, OperationEnd, RunningSubject, SubjectContext } from '../../experiment/subject.ts';
import { EditorClient } from './client.ts';
import type { EditorOptions } from './editor.ts';
import { EditObserver, type LostEdit } from './observer.ts';
import { Replica, type ReplicaStore, startStore } from './replica.ts';
import { fieldRule } from './rules.ts';

/** What an editor is judged by. */
export const EDITOR_PROMISES: readonly string[] = [
  'no causally newer edit lost',
  'no concurrent edit lost',
  'replicas agree',
];

/** An editor and its users in one world. */
export class RunningEditor implements RunningSubject {
  readonly observer: EditObserver;
  private readonly world: World;
  private readonly context: SubjectContext;
  private readonly rule: ReturnType<typeof fieldRule>;
  private readonly stores: ReplicaStore[] = [];
  private judged: { readonly lost: readonly LostEdit[]; readonly apart: string | undefined } | undefined;

  constructor(context: SubjectContext, { rule, defect }: EditorOptions) {
    const { world, servers, clients } = context;
    this.world = world;
    this.context = context;
    this.rule = fieldRule(rule);
    this.observer = new EditObserver(this.rule);
    for (const id of servers) {
      const store = startStore(
        world.host(id).name,
        servers.filter((peer) => peer !== id),
      );
      this.stores.push(store);
      world.start(
        id,
        (host) =>
          new Replica(host, {
            rule: this.rule,
            store,
            observer: this.observer,
            deaf: defect === 'deaf-clocks',
          }),
      );
    }
    for (const [i, id] of clients.entries()) {
      world.start(id, (host) => new EditorClient(host, servers[i % servers.length] ?? 0));
    }
  }

  issue(client: HostId, { f, key, input }: Call, done: (end: OperationEnd) => void): void {
    const program = this.world.host(client).program as EditorClient;
    program.ask(f === 'save' ? 'save' : 'open', key, Number(input), (edits) => {
      if (edits === undefined) done({ outcome: 'unknown', output: 'no answer' });
      else done({ outcome: 'ok', output: [...edits] });
    });
  }

  resolve(_role: string): HostId | undefined {
    return undefined;
  }

  healed(): void {
    // Replicas go on telling each other what has not been acknowledged.
  }

  isViolated(promise?: string): boolean {
    if (this.judged === undefined) return false;
    const { lost, apart } = this.judged;
    switch (promise) {
      case 'no causally newer edit lost':
        return lost.some(({ kind }) => kind === 'newer');
      case 'no concurrent edit lost':
        return lost.some(({ kind }) => kind === 'concurrent');
      case 'replicas agree':
        return apart !== undefined;
      default:
        return lost.length > 0 || apart !== undefined;
    }
  }

  verdicts(_operations: readonly Operation[]): Verdict[] {
    const order = this.observer.order();
    const lost = this.observer.lost((field) => this.finally(field), order);
    const apart = this.apart();
    this.judged = { lost, apart };
    const examined = this.observer.edits.size;
    const evidence = { examined, steps: examined };
    const broken = (promise: string, reason: string): Verdict => {
      return { promise, status: 'violated', reason, evidence: { ...evidence, atUs: this.world.nowUs } };
    };
    const holds = (promise: string, reason: string): Verdict => ({
      promise,
      status: 'holds',
      reason,
      evidence,
    });
    const [newer, concurrent] = EDITOR_PROMISES.map((promise, i): Verdict => {
      const found = lost.filter(({ kind }) => kind === (i === 0 ? 'newer' : 'concurrent'));
      const first = found[0];
      if (first === undefined)
        return holds(promise, `${examined} edits were made, none of them was lost to one like that`);
      return broken(promise, `${found.length} of ${examined} edits: ${words(first)}`);
    });
    const agree = EDITOR_PROMISES[2] ?? '';
    const fields = this.fields().length;
    return [
      newer as Verdict,
      concurrent as Verdict,
      apart === undefined
        ? holds(agree, `all replicas show the same of ${fields} fields`)
        : broken(agree, apart),
    ];
  }

  metrics(): Record<string, number> {
    const order = this.observer.order();
    const lost = this.observer.lost((field) => this.finally(field), order);
    const { pairs, told } = this.observer.concurrency(order);
    return {
      edits: this.observer.edits.size,
      lostNewer: lost.filter(({ kind }) => kind === 'newer').length,
      lostConcurrent: lost.filter(({ kind }) => kind === 'concurrent').length,
      concurrentPairs: pairs,
      concurrentTold: told,
      worstSkewMs: Math.max(...this.context.servers.map((id) => this.skewMs(id))),
      bytesPerEdit: this.observer.bytesPerEdit(),
    };
  }

  /** How far the wall clock of a host is from the true time: what monitoring of clocks shows. */
  private skewMs(id: HostId): number {
    return Math.abs(this.world.host(id).clock.skewUs(this.world.nowUs)) / 1_000;
  }

  private fields(): string[] {
    return [...new Set([...this.observer.edits.values()].map(({ field }) => field))];
  }

  /** What the first replica shows of a field now. */
  private finally(field: string): readonly number[] {
    return this.shownAt(0, field);
  }

  private shownAt(replica: number, field: string): readonly number[] {
    const state = this.stores[replica]?.fields.get(field);
    return state === undefined ? [] : this.rule.shown(state);
  }

  private apart(): string | undefined {
    const names = this.context.servers.map((id) => this.world.host(id).name);
    for (const field of this.fields()) {
      const first = [...this.finally(field)].sort((a, b) => a - b).join(' ');
      for (const [i, name] of names.entries()) {
        const here = [...this.shownAt(i, field)].sort((a, b) => a - b).join(' ');
        if (here !== first)
          return `${names[0]} shows ${first || 'nothing'} of ${field}, ${name} shows ${here || 'nothing'}`;
      }
    }
    return undefined;
  }
}

function words({ edit, winner, kind }: LostEdit): string {
  const how =
    kind === 'newer'
      ? `made by one who had seen edit ${winner.id} of ${winner.node}`
      : `neither author had seen the other's`;
  return `edit ${edit.id} of ${edit.field} by ${edit.node} lost to edit ${winner.id}; ${how}`;
}
