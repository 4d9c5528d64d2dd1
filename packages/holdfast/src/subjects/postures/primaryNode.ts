import type { Plain } from '@holdfast/plain';
import type {
  HeardMessage,
  SketchAnswer,
  SketchNode,
  SketchProgram,
  SketchRequest,
} from '../sketch/options.ts';
import { applyCommand, isLook } from './commands.ts';
import { concernOf, type Posture, type PostureOptions } from './posture.ts';
import { BEAT_MS, GIVE_UP_MS, isMajority, Touch } from './touch.ts';

type Data = Record<string, Plain>;

/** Without a word of the primary for so long, and some longer for each next node, a node stands for election. */
const ELECT_MS = 300;
const ELECT_APART_MS = 120;

/** What a node keeps. A version is the term of the primary that wrote it, then a count. */
interface Kept {
  term: number;
  version: readonly [term: number, count: number];
  data: Data;
  /** What a majority is known to have. */
  settled: Data;
}

/** Something answered once a majority has a version. */
interface Pending {
  readonly count: number;
  readonly answer: (answer: SketchAnswer) => void;
  readonly output: Plain;
}

/**
 * A node of a store in which one primary orders everything and tells the others all it has, version by version. A newer primary needs the
 * votes of a majority, none of which has a newer version, so that what a majority has is never lost.
 */
export class PrimaryNode implements SketchProgram {
  private readonly node: SketchNode;
  private readonly options: PostureOptions;
  private readonly nodes: number;
  private readonly touch: Touch;
  private readonly kept: Kept;
  private primary: number | null = 0;
  private votes = new Set<number>();
  private stored = new Map<number, number>();
  private unsettled: { readonly count: number; readonly data: Data }[] = [];
  private pending: Pending[] = [];
  private readonly waiting = new Map<
    string,
    { readonly f: string; readonly answer: (answer: SketchAnswer) => void }
  >();
  private asked = 0;

  constructor(node: SketchNode, options: PostureOptions, nodes: number) {
    this.node = node;
    this.options = options;
    this.nodes = nodes;
    this.touch = new Touch(node, nodes);
    const data = { ...options.initial };
    this.kept = (node.kept['store'] ??= { term: 1, version: [1, 0], data, settled: data }) as Kept;
    node.timer('beat', BEAT_MS);
    this.watch();
  }

  request(request: SketchRequest, answer: (answer: SketchAnswer) => void): void {
    const { f, key } = request;
    const { node, kept } = this;
    const how = concernOf(this.options, f);
    const refuse = (output: string): void => answer({ outcome: 'fail', output });
    if (isLook(f) && how.read === 'local') {
      if (how.cutOff === 'refuses' && !this.isCurrent()) return refuse('this copy may be too old');
      // What is shown is what would have been acknowledged.
      return answer({
        outcome: 'ok',
        output: (how.write === 'majority' ? kept.settled : kept.data)[key] ?? null,
      });
    }
    if (this.primary === node.index) return this.decide(request, how, answer);
    if (this.primary === null || !this.touch.with(this.primary)) return refuse('no primary can be reached');
    const call = `call ${node.index}.${++this.asked}`;
    this.waiting.set(call, { f, answer });
    node.send(this.primary, { type: 'ask', key, call, request: request as never });
    node.timer(call, GIVE_UP_MS);
  }

  message(from: number, { type, key, ...words }: HeardMessage): void {
    this.touch.hear(from);
    const { node } = this;
    const term = Number(words['term']);
    const call = words['call'] as string;
    if (type === 'ask') {
      const request = words['request'] as unknown as SketchRequest;
      const reply = (answer: SketchAnswer): void =>
        node.send(from, { type: 'answer', key, call, answer: answer as never });
      if (this.primary !== node.index) reply({ outcome: 'fail', output: 'no primary any more' });
      else this.decide(request, concernOf(this.options, request.f), reply);
    } else if (type === 'answer') {
      this.waiting.get(call)?.answer(words['answer'] as unknown as SketchAnswer);
      this.waiting.delete(call);
      node.stop(call);
    } else if (type === 'sync')
      this.hearSync(from, term, words as unknown as { count: number; data: Data; settled: Data });
    else if (type === 'stored') this.hearStored(from, term, Number(words['count']));
    else if (type === 'vote?') this.hearCandidate(from, term, words['version'] as unknown as Kept['version']);
    else if (type === 'newer' && term > this.kept.term) this.follow(term, null);
    else if (type === 'vote' && term === this.kept.term && this.primary === null) this.hearVote(from);
  }

  timer(name: string): void {
    const { node } = this;
    if (name === 'beat') {
      if (this.primary === node.index) this.sync();
      else for (const to of this.touch.others()) node.send(to, { type: 'here' });
      node.timer('beat', BEAT_MS);
    } else if (name === 'elect') {
      if (this.primary !== node.index) this.stand();
      this.watch();
    } else {
      const waiting = this.waiting.get(name);
      this.waiting.delete(name);
      if (waiting !== undefined && isLook(waiting.f))
        waiting.answer({ outcome: 'fail', output: 'the primary is silent' });
    }
  }

  /** Whether what this node has is as new as messages can make it. */
  private isCurrent(): boolean {
    if (this.primary === this.node.index) return this.touch.withMajority();
    return this.primary !== null && this.touch.with(this.primary);
  }

  private decide(
    { f, key, input }: SketchRequest,
    how: Posture,
    answer: (answer: SketchAnswer) => void,
  ): void {
    const { kept, options } = this;
    const needsMajority = how.write === 'majority' || options.posture.elects;
    if (needsMajority && how.cutOff !== 'serves' && !this.touch.withMajority())
      return answer({ outcome: 'fail', output: 'no majority can be reached' });
    const done = applyCommand(kept.data[key] ?? null, f, input);
    if (!done.ok) return answer({ outcome: 'fail', output: done.why });
    const isDone = isLook(f) ? how.read === 'primary' : how.write === 'one';
    if (isLook(f) && isDone) return answer({ outcome: 'ok', output: done.output });
    const count = kept.version[1] + 1;
    kept.version = [kept.term, count];
    kept.data = { ...kept.data, [key]: done.value };
    this.unsettled.push({ count, data: kept.data });
    if (isDone) answer({ outcome: 'ok', output: done.output });
    else this.pending.push({ count, answer, output: done.output });
    this.sync();
  }

  private sync(): void {
    const { term, version, data, settled } = this.kept;
    for (const to of this.touch.others())
      this.node.send(to, { type: 'sync', term, count: version[1], data, settled });
  }

  private hearSync(from: number, term: number, words: { count: number; data: Data; settled: Data }): void {
    const { kept, node } = this;
    const { count, data, settled } = words;
    if (term < kept.term) return node.send(from, { type: 'newer', term: kept.term });
    if (term > kept.term || this.primary === null) this.follow(term, from);
    this.watch();
    if (isNewer([term, count], kept.version)) Object.assign(kept, { version: [term, count], data });
    kept.settled = settled;
    node.send(from, { type: 'stored', term, count });
  }

  private hearStored(from: number, term: number, count: number): void {
    const { kept, node } = this;
    if (term !== kept.term || this.primary !== node.index) return;
    this.stored.set(from, Math.max(count, this.stored.get(from) ?? 0));
    const counts = [...this.stored.values(), kept.version[1]].toSorted((a, b) => b - a);
    const most = counts[Math.floor(this.nodes / 2)] ?? -1;
    const settled = this.unsettled.findLast((each) => each.count <= most);
    if (settled !== undefined) kept.settled = settled.data;
    this.unsettled = this.unsettled.filter((each) => each.count > most);
    const ready = this.pending.filter((each) => each.count <= most);
    this.pending = this.pending.filter((each) => each.count > most);
    for (const { answer, output } of ready) answer({ outcome: 'ok', output });
  }

  private stand(): void {
    const { kept, node } = this;
    kept.term++;
    this.primary = null;
    this.votes = new Set([node.index]);
    const { term, version } = kept;
    for (const to of this.touch.others()) node.send(to, { type: 'vote?', key: '', term, version });
  }

  private hearCandidate(from: number, term: number, version: Kept['version']): void {
    const { kept, node } = this;
    if (term <= kept.term) return;
    this.follow(term, null);
    if (isNewer(kept.version, version)) return;
    this.watch();
    node.send(from, { type: 'vote', term });
  }

  private hearVote(from: number): void {
    const { kept, node } = this;
    this.votes.add(from);
    if (!isMajority(this.votes.size, this.nodes)) return;
    this.primary = node.index;
    kept.version = [kept.term, kept.version[1] + 1];
    this.unsettled = [{ count: kept.version[1], data: kept.data }];
    node.effect('becomes primary', `of term ${kept.term}`);
    this.sync();
  }

  /** Whom it has waited for in another term is gone: it answers none of them. */
  private follow(term: number, primary: number | null): void {
    this.kept.term = term;
    this.primary = primary;
    this.votes = new Set();
    this.stored = new Map();
    this.pending = [];
    this.unsettled = [];
  }

  private watch(): void {
    if (this.options.posture.elects) this.node.timer('elect', ELECT_MS + ELECT_APART_MS * this.node.index);
  }
}

function isNewer(a: Kept['version'], b: Kept['version']): boolean {
  return a[0] > b[0] || (a[0] === b[0] && a[1] > b[1]);
}
