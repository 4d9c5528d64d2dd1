import type { Plain } from '@holdfast/plain';
import type {
  HeardMessage,
  SketchAnswer,
  SketchNode,
  SketchProgram,
  SketchRequest,
} from '../sketch/options.ts';
import { MEMBERS } from './fleet.ts';

/** What stands between an operator and the system. Each can be left out. */
export const OPERATOR_GUARDS = ['config', 'promotion', 'removal', 'stages'] as const;
/** One of them. */
export type OperatorGuard = (typeof OPERATOR_GUARDS)[number];

const ASK_MS = 50;
/** A member that was not heard for so long does not answer. */
const SILENT_MS = 200;
/** How long the first of a rollout is watched before the others follow. */
const WATCH_MS = 500;

interface Health {
  readonly failures: number;
  readonly length: number;
  readonly isPrimary: boolean;
  readonly atMs: number;
}

type Settings = Readonly<Record<string, Plain>>;

/** A rollout under way: the first member has it, the others have not. */
interface Rollout {
  readonly settings: Settings;
  readonly before: Settings;
  readonly failures: number;
  readonly answer: (answer: SketchAnswer) => void;
}

/**
 * The control plane: every action of an operator is a call to it. A guarded action is checked against what the members say of themselves, and refused
 * with a reason where it would do harm; a rollout goes to one member first, and back again when that one fails.
 */
export class OperatorDesk implements SketchProgram {
  private readonly node: SketchNode;
  private readonly guards: ReadonlySet<OperatorGuard>;
  private readonly health = new Map<number, Health>();
  private members: readonly number[] = MEMBERS;
  private current: Record<string, Plain> = { version: 'v1', timeoutMs: 200 };
  private previous: Settings = this.current;
  private rollout: Rollout | undefined;

  constructor(node: SketchNode, guards: readonly OperatorGuard[]) {
    this.node = node;
    this.guards = new Set(guards);
    node.timer('ask', ASK_MS);
  }

  request({ f, input }: SketchRequest, answer: (answer: SketchAnswer) => void): void {
    const done = (output: Plain): void => answer({ outcome: 'ok', output });
    const why = this.refusal(f, input);
    this.node.effect(
      why === undefined ? 'operator' : 'refused',
      `${f} ${JSON.stringify(input)}`,
      why ?? null,
    );
    if (why !== undefined) return answer({ outcome: 'fail', output: why });
    if (f === 'push-config') this.rollOut({ timeoutMs: input }, answer);
    else if (f === 'deploy') this.rollOut({ version: input }, answer);
    else if (f === 'roll-back') {
      this.apply(this.previous, this.members);
      done('rolled back');
    } else if (f === 'force-promote') {
      this.apply({ isPrimary: true }, [Number(input)]);
      done('promoted');
    } else {
      this.members = this.members.filter((member) => member !== Number(input));
      this.apply({ members: this.members }, this.members);
      done('removed');
    }
  }

  message(from: number, { type, ...words }: HeardMessage): void {
    if (type !== 'health') return;
    const { failures, length, isPrimary } = words as unknown as Health;
    this.health.set(from, { failures, length, isPrimary, atMs: this.node.upMs() });
  }

  timer(name: string): void {
    if (name === 'ask') {
      for (const to of MEMBERS) this.node.send(to, { type: 'health?' });
      this.node.timer('ask', ASK_MS);
    } else this.watched();
  }

  /** Why an action would do harm; undefined when it would not, or when nobody looks. */
  private refusal(f: string, input: Plain): string | undefined {
    if (f === 'push-config' && this.guards.has('config')) {
      const isSane = typeof input === 'number' && input >= 10 && input <= 10_000;
      return isSane ? undefined : `timeoutMs must be from 10 to 10000: ${JSON.stringify(input)}`;
    }
    if (f === 'force-promote' && this.guards.has('promotion')) {
      const primary = MEMBERS.find(
        (member) => this.health.get(member)?.isPrimary === true && this.answers(member),
      );
      if (primary !== undefined) return `member ${primary} is the primary and answers: stop it first`;
      const longest = Math.max(...MEMBERS.map((member) => this.health.get(member)?.length ?? 0));
      const length = this.health.get(Number(input))?.length ?? 0;
      return length < longest ? `member ${Number(input)} has ${length} of ${longest} entries` : undefined;
    }
    if (f === 'remove-member' && this.guards.has('removal')) {
      const left = this.members.filter((member) => member !== Number(input));
      const answering = left.filter((member) => this.answers(member)).length;
      return 2 * answering > left.length
        ? undefined
        : `${answering} of the ${left.length} that remain would answer`;
    }
    return undefined;
  }

  private answers(member: number): boolean {
    return this.node.upMs() - (this.health.get(member)?.atMs ?? Number.NEGATIVE_INFINITY) < SILENT_MS;
  }

  private rollOut(settings: Settings, answer: (answer: SketchAnswer) => void): void {
    const before = { ...this.current };
    if (!this.guards.has('stages')) {
      this.take(settings);
      this.apply(settings, this.members);
      return answer({ outcome: 'ok', output: 'on all members at once' });
    }
    const canary = this.canary();
    this.rollout = { settings, before, failures: this.health.get(canary)?.failures ?? 0, answer };
    this.apply(settings, [canary]);
    this.node.timer('watched', WATCH_MS);
  }

  /** The last member: what fails there stops nobody's writes. */
  private canary(): number {
    return this.members.at(-1) ?? 0;
  }

  private watched(): void {
    const { rollout } = this;
    this.rollout = undefined;
    if (rollout === undefined) return;
    const { settings, before, failures, answer } = rollout;
    const canary = this.canary();
    const failed = (this.health.get(canary)?.failures ?? 0) - failures;
    if (failed > 0) {
      this.apply(before, [canary]);
      this.node.effect('rolled back', JSON.stringify(settings), failed);
      return answer({ outcome: 'fail', output: `member ${canary} failed ${failed} requests: rolled back` });
    }
    this.take(settings);
    this.apply(settings, this.members);
    answer({ outcome: 'ok', output: 'in stages' });
  }

  private take(settings: Settings): void {
    this.previous = this.current;
    this.current = { ...this.current, ...settings };
  }

  private apply(settings: Settings, members: readonly number[]): void {
    for (const to of members) this.node.send(to, { type: 'set', set: settings });
  }
}
