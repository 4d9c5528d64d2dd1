import type { Mark } from '../marks.ts';
import { causeOf } from './causes.ts';

const TWICE =
  'the same cause in other words is another cause: ask what was lost, crashed, slow, paused or cut, and where';

/** Marks causes told in a learner's own words: so many distinct ones are wanted. Words that are not understood are said to be. */
export function markCauses(given: readonly string[], wanted: number): readonly Mark[] {
  const causes = given.map(causeOf);
  return Array.from({ length: Math.max(wanted, given.length) }, (_, i): Mark | undefined => {
    const [text, cause] = [given[i], causes[i]];
    const item = `cause ${i + 1}`;
    const expected = `one of at least ${wanted} distinct causes`;
    if (text === undefined) return { item, right: false, given: '', expected, because: 'there are more' };
    const distinct = new Set(causes.slice(0, i).filter((each) => each !== undefined));
    // Once there are enough, more of them are welcome and not judged.
    if (distinct.size >= wanted) return undefined;
    if (cause === undefined) {
      const because =
        'these words are not understood; say what was lost, crashed, slow, paused or cut, and where';
      return { item, right: false, given: text, expected, because };
    }
    if (distinct.has(cause)) {
      return {
        item,
        right: false,
        given: text,
        expected,
        because: `it is told already: ${cause}`,
        belief: TWICE,
      };
    }
    return { item, right: true, given: `${text} (${cause})`, expected, because: cause };
  }).filter((mark) => mark !== undefined);
}
