import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type FormatName, formatNames } from '@holdfast/check';
import { describe, expect, it } from 'vitest';
import { holdfast, ROOT } from './support.ts';

const FOLDER = join(ROOT, 'packages/check/fixtures/acceptance');
const FORMATS = join(ROOT, 'packages/check/fixtures/formats');
const FILES = readdirSync(FOLDER);

interface Example {
  /** What the histories are judged by. */
  readonly by: readonly string[];
  /** Of the violated one: what the sentence says, and how the smallest contradiction is drawn. */
  readonly sentence: string;
  readonly drawn: readonly string[];
}

/** A history that holds and one that does not in every format, each written as that format's tool documents it. */
const EXAMPLES: Readonly<Record<FormatName, Example>> = {
  jsonl: {
    by: ['--model', 'set-full'],
    sentence:
      '1 was lost: process 0 added it (0 to 5 us), and then process 2 read the set without it (20 to 25 us)',
    drawn: ['process 0  [add 1]', 'process 2         [read -> [2]]  <--'],
  },
  porcupine: {
    by: ['--model', 'kv'],
    sentence: 'process 2 read "a" from k (11 to 12 us), after process 0 wrote "a" to k',
    drawn: [
      'process 0  [put k a]',
      'process 1           [append k b]',
      'process 2                       [get k -> a]  <--',
    ],
  },
  'elle-json': {
    by: ['--model', 'list-append', '--consistency', 'serializable'],
    sentence: 'write skew (G2-item): T0 read y while it was empty and did not see 2, which T1 appended',
    drawn: ['process 0  [append x 1, r y []]', 'process 1   [append y 2, r x []]  <--'],
  },
  'dbcop-json': {
    by: ['--model', 'snapshot-isolation'],
    sentence: 'lost update (lost-update): T1 overwrote 0 = 1 of T0 with 2',
    drawn: ['process 0  [r 0 null, w 0 1]', 'process 1  [r 0 null, w 0 2]  <--'],
  },
  'jepsen-edn': {
    by: ['--model', 'cas-register'],
    sentence: 'process 1 read null (5 to 6 ms), but process 0 wrote 1 (1 to 2 ms) had completed before',
    drawn: ['process 0  [write 1]', 'process 1           [read -> null]  <--'],
  },
  maelstrom: {
    by: ['--model', 'lin-kv'],
    sentence: 'process 1 changed 4 to 5 on 7 by compare-and-set (13 to 14 ms), which nothing that was done',
    drawn: ['process 1  [cas 7 4 to 5]  <--'],
  },
  'jepsen-log': {
    by: ['--model', 'cas-register'],
    sentence:
      'process 1 changed 1 to 0 by compare-and-set (3 to 4), which nothing that was done could have led to',
    drawn: ['process 1  [cas 1 to 0]  <--'],
  },
  plume: {
    by: ['--consistency', 'causal'],
    sentence: 'read skew against process order (G-single-process): T0 came before T1 in process 0',
    drawn: ['process 0  [w 1 101]  [w 2 201]', 'process 1  [r 2 201]  [r 1 null]  <--'],
  },
  awdit: {
    by: ['--model', 'causal'],
    sentence: 'T2 read 1 = 5, which T1 had written; T2 came before T3 in process 1; T4 read 2 = 6',
    drawn: [
      'process 0  [w 1 0, w 2 0]  [w 1 5]',
      'process 1  [r 1 5]  [w 2 6]',
      'process 2  [r 2 6]  [r 1 0]  <--',
    ],
  },
  limo: {
    by: ['--model', 'fifo-queue'],
    sentence: 'process 2 took 2 from the queue (6 to 7), but process 1 added 1 to the queue (2 to 3)',
    drawn: ['process 1  [enqueue 1]  [enqueue 2]', 'process 2                          [dequeue -> 2]  <--'],
  },
  'dbcop-hist': {
    by: ['--model', 'serializable'],
    sentence: 'write skew (G2-item): T0 read y = null, which T1 overwrote with 2',
    drawn: ['process 0  [r x null, r y null, w x 1]', 'process 1  [r x null, r y null, w y 2]  <--'],
  },
  cobra: {
    by: ['--model', 'strong-session-serializable'],
    sentence:
      'T0 came before T1 in process 0; T2 read 8 = 12, which T1 had written; T2 read 7 = null, which T0',
    drawn: ['process 0  [w 7 11]  [w 8 12]', 'process 1  [r 8 12, r 7 null]  <--'],
  },
};

function filesOf(format: FormatName, kind: 'holds' | 'violated'): readonly string[] {
  return FILES.filter((name) => name.startsWith(`${format}-${kind}`));
}

/** Maelstrom stores Jepsen's format, and `auto` says so. */
const READ_AS: Readonly<Partial<Record<FormatName, FormatName>>> = { maelstrom: 'jepsen-edn' };

describe('holdfast check on a file as each tool documents it', () => {
  it.each(formatNames)(
    '%s: the one that holds is recognised and holds, with an order offered or counts told',
    async (format) => {
      const { by } = EXAMPLES[format];
      const { code, out, err } = await holdfast(['check', ...filesOf(format, 'holds'), ...by], FOLDER);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatch(/^HOLDS {2}/);
      expect(out).toContain(`read as ${READ_AS[format] ?? format}, `);
      expect(out).toMatch(
        /an order that explains it was found; --order prints it|attempts 2, acknowledged 1/,
      );
    },
  );

  it.each(formatNames)(
    '%s: of the one that does not, the sentence and the smallest contradiction are printed',
    async (format) => {
      const { by, sentence, drawn } = EXAMPLES[format];
      const { code, out, err } = await holdfast(['check', ...filesOf(format, 'violated'), ...by], FOLDER);
      expect({ code, err }).toEqual({ code: 1, err: '' });
      expect(out).toMatch(/^VIOLATED {2}/);
      expect(out.split('\n')[1]).toContain(sentence);
      expect(out).toContain(
        ['  smallest contradiction:', ...drawn.map((line) => `    ${line}`), '  blocked at: '].join('\n'),
      );
    },
  );

  it.each(formatNames)(
    '%s: without a model, what fits is suggested, and it is judged the same under its own name',
    async (format) => {
      const { by } = EXAMPLES[format];
      const files = filesOf(format, 'violated');
      const { code, err } = await holdfast(['check', ...files], FOLDER);
      expect(code).toBe(2);
      expect(err).toMatch(
        /these fit, what people reach for first ahead .*:\n {2}--(?:model|consistency) \S+ /,
      );
      const named = await holdfast(['check', ...files, ...by, '--format', format], FOLDER);
      expect(named.code).toBe(1);
    },
  );
});

/** Malformed files of each format; what stands in which line is under test where the readers are. */
const MALFORMED = formatNames.flatMap((format) =>
  readdirSync(join(FORMATS, format))
    .filter((name) => /^(?:bad|cut)-/.test(name))
    .map((name) => [format, name] as const),
);

describe('holdfast check on a malformed file', () => {
  it.each(MALFORMED)(
    '%s %s: exit code 2, with the line and what was expected there',
    async (format, name) => {
      const words = ['check', name, '--model', 'register', '--format', format];
      const { code, out, err } = await holdfast(words, join(FORMATS, format));
      expect({ code, out }).toEqual({ code: 2, out: '' });
      const unit = format === 'cobra' ? 'record' : 'line';
      expect(err).toMatch(
        new RegExp(`^${name}: Cannot read ${unit} \\d+ as ${format}: [^]*expected [^]+, found [^]+\\n$`),
      );
      if (name.startsWith('cut-')) expect(err).toContain(': the file is truncated: ');
    },
  );

  it('there are three or more of every format, one of them truncated', () => {
    for (const format of formatNames) {
      const names = MALFORMED.filter((row) => row[0] === format).map((row) => row[1]);
      expect(names.length).toBeGreaterThanOrEqual(3);
      expect(names.some((name) => name.startsWith('cut-'))).toBe(true);
    }
  });
});
