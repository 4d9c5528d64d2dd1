import type { Plain } from '@holdfast/plain';
import type {
  HeardMessage,
  SketchAnswer,
  SketchNode,
  SketchProgram,
  SketchRequest,
} from '../sketch/options.ts';
import { applyCommand, isLook, united } from './commands.ts';
import { concernOf, type Posture, type PostureOptions } from './posture.ts';
import { BEAT_MS, GIVE_UP_MS, isMajority, Touch } from './touch.ts';

/** A value and the stamp that orders it among all values of its key: a counter, then the node. */
interface Cell {
  readonly value: Plain;
  readonly at: readonly [count: number, node: number];
}

type Cells = Record<string, Cell>;

/** A request that waits for a majority. */
interface Round {
  readonly request: SketchRequest;
  readonly how: Posture;
  readonly answer: (answer: SketchAnswer) => void;
  readonly done: (cell: Cell) => void;
  best: Cell;
  readonly heard: Set<number>;
}

/**
 * A node of a store in which any node decides (Attiya, Bar-Noy and Dolev 1995 where majorities are asked; last writer wins, or sets that
 * grow, where they are not). Nodes tell each other all they have again and again.
 */
export class AnyNode implements SketchProgram {
  private readonly node: SketchNode;
  private readonly options: PostureOptions;
  private readonly nodes: number;
  private readonly touch: Touch;
  private readonly cells: Cells;
  private readonly rounds = new Map<string, Round>();
  private asked = 0;

  constructor(node: SketchNode, options: PostureOptions, nodes: number) {
    this.node = node;
    this.options = options;
    this.nodes = nodes;
    this.touch = new Touch(node, nodes);
    this.cells = (node.kept['cells'] ??= {}) as Cells;
    node.timer('beat', BEAT_MS);
  }

  request(request: SketchRequest, answer: (answer: SketchAnswer) => void): void {
    const { f, key } = request;
    const how = concernOf(this.options, f);
    const isAlone = !this.touch.withMajority();
    const mayServe =
      how.cutOff === 'serves' || (how.cutOff === 'refuses-writes' && isLook(f) && how.read === 'local');
    if (isAlone && !mayServe) return answer({ outcome: 'fail', output: 'no majority can be reached' });
    const isLocal = isAlone || (isLook(f) ? how.read === 'local' : how.write === 'one');
    if (isLocal) return this.alone(request, this.cell(key), answer);
    // What is there must be known before anything is added to it.
    this.round('look', { request, how, answer, best: this.cell(key) }, (best) =>
      this.second(request, how, best, answer),
    );
  }

  message(from: number, { type, key, ...words }: HeardMessage): void {
    this.touch.hear(from);
    const cell = words['cell'] as unknown as Cell;
    if (type === 'gossip') {
      for (const [name, theirs] of Object.entries(words['cells'] as unknown as Cells))
        this.merge(name, theirs);
    } else if (type === 'look')
      this.node.send(from, { type: 'seen', key, call: words['call'] ?? '', cell: this.cell(key) as never });
    else if (type === 'store') {
      this.merge(key, cell);
      this.node.send(from, { type: 'stored', key, call: words['call'] ?? '', cell: cell as never });
    } else this.count(words['call'] as string, from, cell);
  }

  timer(name: string): void {
    if (name === 'beat') {
      this.gossip();
      this.node.timer('beat', BEAT_MS);
      return;
    }
    const round = this.rounds.get(name);
    this.rounds.delete(name);
    if (round === undefined) return;
    const { request, how, answer, best } = round;
    // A write that others may have heard of is answered by nobody: whether it happened is not known.
    if (how.cutOff === 'serves') this.alone(request, best, answer);
    else if (isLook(request.f)) answer({ outcome: 'fail', output: 'no majority answered' });
  }

  private second(
    request: SketchRequest,
    how: Posture,
    best: Cell,
    answer: (answer: SketchAnswer) => void,
  ): void {
    const { f, key, input } = request;
    if (isLook(f)) {
      // What one read has shown, every later one must see.
      this.round('store', { request, how, answer, best }, ({ value }) =>
        answer({ outcome: 'ok', output: value }),
      );
      return;
    }
    const done = applyCommand(best.value, f, input);
    if (!done.ok) return answer({ outcome: 'fail', output: done.why });
    const at = [Math.max(best.at[0], this.cell(key).at[0]) + 1, this.node.index] as const;
    const next: Cell = { value: done.value, at };
    this.round('store', { request, how, answer, best: next }, () =>
      answer({ outcome: 'ok', output: done.output }),
    );
  }

  /** Without asking anybody. */
  private alone({ f, key, input }: SketchRequest, seen: Cell, answer: (answer: SketchAnswer) => void): void {
    this.merge(key, seen);
    const mine = this.cell(key);
    const done = applyCommand(mine.value, f, input);
    if (!done.ok) return answer({ outcome: 'fail', output: done.why });
    if (!isLook(f)) {
      this.merge(key, { value: done.value, at: [mine.at[0] + 1, this.node.index] });
      this.gossip();
    }
    answer({ outcome: 'ok', output: done.output });
  }

  private round(type: 'look' | 'store', open: Omit<Round, 'done' | 'heard'>, done: Round['done']): void {
    const call = `${this.node.index}.${++this.asked}`;
    const { key } = open.request;
    if (type === 'store') this.merge(key, open.best);
    this.rounds.set(call, { ...open, done, heard: new Set([this.node.index]) });
    for (const to of this.touch.others()) this.node.send(to, { type, key, call, cell: open.best as never });
    this.node.timer(call, GIVE_UP_MS);
  }

  private count(call: string, from: number, cell: Cell): void {
    const round = this.rounds.get(call);
    if (round === undefined) return;
    round.heard.add(from);
    round.best = this.later(round.best, cell);
    if (!isMajority(round.heard.size, this.nodes)) return;
    this.rounds.delete(call);
    this.node.stop(call);
    round.done(round.best);
  }

  private gossip(): void {
    for (const to of this.touch.others())
      this.node.send(to, { type: 'gossip', cells: { ...this.cells } as never });
  }

  private cell(key: string): Cell {
    return this.cells[key] ?? { value: this.options.initial?.[key] ?? null, at: [0, 0] };
  }

  private merge(key: string, theirs: Cell): void {
    this.cells[key] = this.later(this.cell(key), theirs);
  }

  private later(a: Cell, b: Cell): Cell {
    const [first, second] = a.at[0] < b.at[0] || (a.at[0] === b.at[0] && a.at[1] < b.at[1]) ? [a, b] : [b, a];
    if (this.options.merge !== 'union') return second;
    return { value: united(first.value, second.value), at: second.at };
  }
}
