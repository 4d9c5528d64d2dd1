import { Ints } from '../ints.ts';
import { PairTable } from '../pairTable.ts';

/** Values below this find their branch by index, others by a table. */
const NARROW = 16;
const SHIFT = 4;

/** No code yet: the program has not been run on such a state. */
export const UNKNOWN = 0;

/** Leaf `n` as a code. */
export function leafCode(leaf: number): number {
  return -2 - leaf;
}

/** The leaf of a code below -1. */
export function leafOf(code: number): number {
  return -2 - code;
}

/**
 * What was learnt of deterministic programs: each is a tree that asks for one part's value after another, as the program did, and ends
 * in a leaf. Codes: 0 unknown, above 0 a node, below -1 a leaf. A node asks for a part, or branches over a pick.
 */
export class Decisions {
  /** Per node its part, or -(number of items) of a pick. Node 0 is not used. */
  private readonly parts = new Ints(256);
  private readonly kids = new Ints(256 * NARROW);
  private readonly wide = new PairTable();
  private readonly roots: Int32Array;
  /** Grows whenever something new is known of what programs read first and of what follows on that alone. */
  firstReads = 0;

  constructor(programs: number) {
    this.roots = new Int32Array(programs);
    this.parts.push(0);
    this.kids.length = NARROW;
  }

  get nodes(): number {
    return this.parts.length - 1;
  }

  get bytes(): number {
    return this.parts.bytes + this.kids.bytes + this.wide.bytes;
  }

  /** Follows a program on a state as far as it is known: to a leaf, to a pick, or to `UNKNOWN`. */
  follow(program: number, words: Int32Array, from: number): number {
    return this.descend(this.roots[program] as number, words, from);
  }

  /** The same, from a branch of a pick. */
  followPick(node: number, choice: number, words: Int32Array, from: number): number {
    return this.descend(this.child(node, choice), words, from);
  }

  /** The part a program reads first; -1 where that is not known, or it picks first, or reads nothing. */
  firstPart(program: number): number {
    const code = this.roots[program] as number;
    return code > 0 ? Math.max(-1, this.parts.at(code)) : -1;
  }

  /** The code after a program has read a value of the part it reads first. */
  afterFirst(program: number, id: number): number {
    return this.child(this.roots[program] as number, id);
  }

  /** The number of items of a pick node. */
  items(node: number): number {
    return -this.parts.at(node);
  }

  private descend(start: number, words: Int32Array, from: number): number {
    const parts = this.parts.words;
    const kids = this.kids.words;
    let code = start;
    while (code > 0) {
      const part = parts[code] as number;
      if (part < 0) return code;
      const id = words[from + part] as number;
      code = id < NARROW ? (kids[(code << SHIFT) + id] as number) : this.wideChild(code, id);
    }
    return code;
  }

  private wideChild(node: number, id: number): number {
    const code = this.wide.get(node, id);
    return code === -1 ? UNKNOWN : code;
  }

  private child(node: number, id: number): number {
    return id < NARROW ? this.kids.at((node << SHIFT) + id) : this.wideChild(node, id);
  }

  /**
   * Adds what one run of a program showed: its events, (part, value) and (-(items), answer) in order, and the leaf it ended in.
   * Answers the first part in which this run does not fit an earlier one, or -1: then the program is not deterministic.
   */
  learn(program: number, events: Ints, leaf: number): number {
    const { words, length } = events;
    let code = this.roots[program] as number;
    let node = 0;
    let branch = program;
    for (let i = 0; i < length; i += 2) {
      const part = words[i] as number;
      if (code === UNKNOWN) {
        code = this.parts.push(part);
        this.kids.reserve(this.kids.length + NARROW);
        this.kids.length += NARROW;
        this.link(node, branch, code);
      }
      if (code < 0 || this.parts.at(code) !== part) return Math.max(0, part);
      node = code;
      branch = words[i + 1] as number;
      code = this.child(node, branch);
    }
    if (code === UNKNOWN) this.link(node, branch, leafCode(leaf));
    else if (code !== leafCode(leaf)) return Math.max(0, node === 0 ? 0 : this.parts.at(node));
    return -1;
  }

  private link(node: number, branch: number, code: number): void {
    if (node === 0 || (branch < NARROW && this.roots.includes(node))) this.firstReads++;
    if (node === 0) this.roots[branch] = code;
    else if (branch < NARROW) this.kids.words[(node << SHIFT) + branch] = code;
    else this.wide.set(node, branch, code);
  }
}
