/** Something that hands out numbers, dense from 0, for the distinct things it meets. */
export interface Numbered {
  readonly size: number;
  /** What is under a number, as words. */
  entry(id: number): ArrayLike<number>;
  /** Takes over the next number's thing as another has it. */
  adopt(words: Int32Array, from: number, to: number): void;
  /** From now on new numbers are agreed on with others. */
  share(agreement: Agreement): void;
}

/** Something that remembers what it worked out, in terms of what is numbered, for other threads to take over. */
export interface Remembering {
  /** From now on what is worked out is told. */
  tell(others: (words: ArrayLike<number>) => void): void;
  /** Takes over what another has worked out, unless it is known. */
  recall(words: Int32Array, from: number, to: number): void;
}

/** How threads come to the same numbers. */
export interface Agreement {
  /**
   * The number of a thing this thread has not met: `find` is asked again once everything others have numbered is known; where it
   * still answers -1 the thing, as words, gets the next number for all, and `add` gives it to this thread's own.
   */
  claim(find: () => number, words: () => ArrayLike<number>, add: () => number): number;
}

/** A text as words, two characters each, the length first. */
export function textWords(text: string): Int32Array {
  const words = new Int32Array(1 + Math.ceil(text.length / 2));
  words[0] = text.length;
  for (let i = 0; i < text.length; i++) {
    const at = 1 + (i >> 1);
    words[at] = (words[at] as number) | (text.charCodeAt(i) << (i % 2 === 0 ? 0 : 16));
  }
  return words;
}

/** Characters made into text at once. */
const PIECE = 4_096;

/** The text that `textWords` wrote from position `from` on. */
export function wordsText(words: Int32Array, from: number): string {
  const length = words[from] as number;
  const codes = new Uint16Array(length);
  for (let i = 0; i < length; i++) {
    const word = words[from + 1 + (i >> 1)] as number;
    codes[i] = i % 2 === 0 ? word : word >>> 16;
  }
  let text = '';
  for (let at = 0; at < length; at += PIECE)
    text += String.fromCharCode.apply(null, codes.subarray(at, at + PIECE) as unknown as number[]);
  return text;
}
