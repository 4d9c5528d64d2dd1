import type { Plain } from '@holdfast/plain';
import type {
  HeardMessage,
  SketchAnswer,
  SketchNode,
  SketchProgram,
  SketchRequest,
} from '../sketch/options.ts';

/** What a member tells of itself. */
export interface MemberState {
  version: string;
  timeoutMs: number;
  isPrimary: boolean;
  members: readonly number[];
  /** Entries by position: what each holds, and who put it there. */
  log: string[];
  failures: number;
}

/** Nodes 1 to 3 are members, node 0 is the control plane; member 1 is the primary at first. */
export const MEMBERS: readonly number[] = [1, 2, 3];
/** Versions that fail whatever they are asked. */
const BROKEN_VERSIONS: ReadonlySet<string> = new Set(['v2-broken']);

/** Whether a member with these settings can serve anybody. */
export function canServe({ version, timeoutMs }: Pick<MemberState, 'version' | 'timeoutMs'>): boolean {
  return timeoutMs > 0 && !BROKEN_VERSIONS.has(version);
}

/** A member of a small replicated service: `get` is answered by each, `put` by whoever believes to be the primary, once a majority of the members has it. */
export class Member implements SketchProgram {
  private readonly node: SketchNode;
  private readonly state: MemberState;
  private readonly open = new Map<
    string,
    { readonly stored: Set<number>; readonly answer: (answer: SketchAnswer) => void }
  >();

  constructor(node: SketchNode) {
    this.node = node;
    this.state = (node.kept['member'] ??= {
      version: 'v1',
      timeoutMs: 200,
      isPrimary: node.index === 1,
      members: MEMBERS,
      log: [],
      failures: 0,
    }) as MemberState;
  }

  request({ f, key }: SketchRequest, answer: (answer: SketchAnswer) => void): void {
    const { state, node } = this;
    if (!canServe(state)) {
      state.failures++;
      return answer({ outcome: 'fail', output: 'internal error' });
    }
    if (f === 'get') return answer({ outcome: 'ok', output: state.log.length });
    if (!state.isPrimary) return answer({ outcome: 'fail', output: 'not the primary' });
    const position = state.log.length;
    state.log.push(key);
    node.effect('writes', `${position}`, key);
    this.open.set(key, { stored: new Set([node.index]), answer });
    for (const to of MEMBERS)
      if (to !== node.index) node.send(to, { type: 'replicate', key, log: [...state.log] });
  }

  message(from: number, { type, key, ...words }: HeardMessage): void {
    const { state, node } = this;
    if (type === 'replicate') {
      const theirs = words['log'] as readonly string[];
      if (theirs.length > state.log.length) state.log = [...theirs];
      node.send(from, { type: 'stored', key });
    } else if (type === 'stored') {
      const open = this.open.get(key);
      open?.stored.add(from);
      const counted = state.members.filter((member) => open?.stored.has(member));
      if (open === undefined || 2 * counted.length <= state.members.length) return;
      this.open.delete(key);
      open.answer({ outcome: 'ok', output: null });
    } else if (type === 'health?') {
      const { failures, log, isPrimary, version } = state;
      node.send(from, { type: 'health', failures, length: log.length, isPrimary, version });
    } else if (type === 'set') Object.assign(state, words['set'] as Record<string, Plain>);
  }
}
