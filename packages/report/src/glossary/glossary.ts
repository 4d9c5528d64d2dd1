import { FIELD_WORDS } from './fieldWords.ts';

/** A term that pictures and reports use. */
export interface GlossaryTerm {
  /** Its anchor: `term-<id>`. */
  readonly id: string;
  readonly term: string;
  readonly meaning: string;
  /** What a design has to settle because of it. */
  readonly implication: string;
  /** Words by which it is used, small letters. */
  readonly words: readonly string[];
}

/** The ten terms, with what each asks of a design (S1.2). */
export const GLOSSARY: readonly GlossaryTerm[] = [
  {
    id: 'node',
    term: 'Node',
    meaning: 'A process, machine or other participant of the system.',
    implication:
      'It needs an identity, a way to be found dead, a behaviour after a restart, and bounds to what it can break.',
    words: ['node', 'nodes', 'server', 'servers', 'host', 'hosts', 'member', 'members'],
  },
  {
    id: 'replica',
    term: 'Replica',
    meaning: 'A node that holds a copy of state.',
    implication: 'Copies have to be kept alike; that they differ must be noticed, and mended.',
    words: ['replica', 'replicas', 'follower', 'followers', 'backup', 'backups'],
  },
  {
    id: 'partition',
    term: 'Partition',
    meaning: 'Some nodes cannot reach some others, though all are up.',
    implication: 'Of every operation it must be said whether it goes on, waits, or is refused meanwhile.',
    words: ['partition', 'partitions', 'partitioned', 'cut off'],
  },
  {
    id: 'quorum',
    term: 'Quorum',
    meaning: 'Enough nodes to go on, so many that any two quorums share one.',
    implication: 'It protects only while it is agreed who the members are and what an acknowledgement means.',
    words: ['quorum', 'quorums', 'majority', 'majorities'],
  },
  {
    id: 'leader',
    term: 'Leader',
    meaning: 'The node that has authority to order writes.',
    implication:
      'Authority has to be given (election), ended (lease), enforced (fencing) and passed on (failover).',
    words: ['leader', 'leaders', 'primary', 'candidate', 'election', 'elections'],
  },
  {
    id: 'epoch',
    term: 'Epoch or term',
    meaning: 'A number of a leadership that only rises; a ballot or a view is the same.',
    implication: 'Whoever acts on an order compares it, so that an earlier leader is refused.',
    words: ['epoch', 'epochs', 'term', 'terms', 'ballot', 'ballots', 'view', 'views'],
  },
  {
    id: 'log',
    term: 'Log',
    meaning: 'Commands or changes of state in one order.',
    implication: 'Kept durably it can be replayed, sent to a replica, and read again afterwards.',
    words: ['log', 'logs', 'entry', 'entries'],
  },
  {
    id: 'commit',
    term: 'Commit',
    meaning: 'The point from which on an operation is there to stay and may be seen outside.',
    implication: 'The rule of when it is reached is what clients may rely on after success.',
    words: ['commit', 'commits', 'committed', 'uncommitted'],
  },
  {
    id: 'idempotency-key',
    term: 'Idempotency key',
    meaning: 'The name a client gives an operation, the same on every retry.',
    implication: 'With it a retry after a timeout is safe: the receiver knows the operation again.',
    words: ['idempotency key', 'idempotency keys', 'idempotent', 'deduplicated', 'deduplicates'],
  },
  {
    id: 'backpressure',
    term: 'Backpressure',
    meaning: 'The sign, passed to those who ask, that there is no room for more.',
    implication: 'Without it callers turn an overload in one place into one of the whole system.',
    words: ['backpressure', 'admission', 'overload', 'overloaded', 'shed'],
  },
];

/** The words of the field that a text uses. */
export function wordsUsed(text: string): readonly string[] {
  const plain = text.toLowerCase();
  return FIELD_WORDS.filter((word) =>
    new RegExp(`(?<![\\w-])${word.replace(' ', '\\s+')}(?![\\w-])`).test(plain),
  );
}

/** The terms that a text uses, in the order of the glossary. */
export function termsUsed(
  text: string,
  glossary: readonly GlossaryTerm[] = GLOSSARY,
): readonly GlossaryTerm[] {
  const used = new Set(wordsUsed(text));
  return glossary.filter(({ words }) => words.some((word) => used.has(word)));
}

/** The words of the field that a text uses and a glossary does not explain. */
export function undefinedWords(
  text: string,
  glossary: readonly GlossaryTerm[] = GLOSSARY,
): readonly string[] {
  const known = new Set(glossary.flatMap(({ words }) => words));
  return wordsUsed(text).filter((word) => !known.has(word));
}
