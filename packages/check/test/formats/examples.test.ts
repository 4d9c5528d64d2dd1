import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  detectFormat,
  type FormatName,
  formatNames,
  parseHistory,
  parseHistoryChunks,
  parseHistoryColumns,
  parseHistoryFiles,
  type ParsedHistory,
  fromColumns,
  printHistory,
  validateHistory,
} from '@holdfast/check';
import { fixture, fixtureNames, fixtureText } from './fixtures.ts';

const EXAMPLES = formatNames.flatMap((format) =>
  fixtureNames(format, false).map((name) => [format, name] as const),
);
const TEXTS = EXAMPLES.filter(([format]) => format !== 'cobra');

/** Everything read, as text to review: the history in Holdfast's own format, then what was said beside it. */
function reportOf({ history, annotations, warnings }: ParsedHistory): string {
  const notes = annotations.map((annotation) => `annotation ${JSON.stringify(annotation)}\n`);
  return `${printHistory(history, 'jsonl')}${notes.join('')}${warnings.map((text) => `warning ${text}\n`).join('')}`;
}

function goldenOf(name: string, found: string): string {
  const path = fileURLToPath(new URL(`golden/${name}.txt`, import.meta.url));
  if (process.env['HOLDFAST_REWRITE'] === '1') writeFileSync(path, found);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

describe('histories as each tool documents them', () => {
  it.each(EXAMPLES)('%s %s is read as reviewed, and is a valid history', (format, name) => {
    const parsed = parseHistory(fixture(format, name), { format, fileName: name });
    validateHistory(parsed.history);
    const found = reportOf(parsed);
    expect(found).toBe(goldenOf(`${format}-${name}`, found));
  });

  it.each(EXAMPLES)('%s %s is recognised without being told its format', (format, name) => {
    const expected = format === 'maelstrom' ? 'jepsen-edn' : format;
    expect(detectFormat(fixture(format, name))).toBe(expected);
    expect(parseHistory(fixture(format, name)).format).toBe(expected);
  });

  it.each(TEXTS)(
    '%s %s reads the same in pieces cut anywhere, with either line end, and into columns',
    (format, name) => {
      const text = fixtureText(format, name);
      const whole = parseHistory(text, { format });
      for (const size of [1, 2, 3, 7, 61]) {
        const chunks: string[] = [];
        for (let i = 0; i < text.length; i += size) chunks.push(text.slice(i, i + size));
        expect(parseHistoryChunks(chunks, { format })).toEqual(whole);
        const { columns, ...rest } = parseHistoryColumns(chunks, { format });
        expect({ ...rest, history: fromColumns(columns) }).toEqual(whole);
      }
      const crlf = parseHistory(`\ufeff${text.replaceAll('\n', '\r\n')}`, { format });
      expect(crlf).toEqual(whole);
    },
  );

  it('reads several Cobra logs as the sessions of one history', () => {
    const files = ['T0.log', 'T1.log'].map((name) => ({ name, content: fixture('cobra', name) }));
    const { history, format } = parseHistoryFiles(files);
    expect(format).toBe('cobra');
    expect(history.order).toBe('session');
    expect(history.operations.map(({ process }) => process)).toEqual([0, 0, 1]);
    expect(history.operations[2]?.output).toEqual([
      ['r', 7, null],
      ['w', '13296660918851520211', 268435457],
    ]);
  });

  it('refuses several files of a format that is one file', () => {
    const files = ['a.edn', 'b.edn'].map((name) => ({ name, content: fixture('jepsen-edn', 'maps.edn') }));
    expect(() => parseHistoryFiles(files)).toThrow(
      "Cannot read the file as auto: expected one file, or several logs of Cobra's clients, found 2 files, among them a.edn",
    );
    expect(() => parseHistoryFiles([])).toThrow('expected a file, found none');
  });
});

describe('docs/history-format.md', () => {
  const page = readFileSync(
    fileURLToPath(new URL('../../../../docs/history-format.md', import.meta.url)),
    'utf8',
  );
  const blocks = [...page.matchAll(/^```\w+ format=(\S+)\n([\s\S]*?)^```$/gm)].map(
    ([, format = '', text = '']) => [format as FormatName, text] as const,
  );

  it('shows an example of every text format', () => {
    const shown = new Set(blocks.map(([format]) => format));
    expect(formatNames.filter((format) => !shown.has(format))).toEqual(['maelstrom', 'cobra']);
  });

  it.each(blocks)('has an example of %s that is recognised and read', (format, text) => {
    const parsed = parseHistory(text);
    expect(parsed.format).toBe(format);
    expect(() => validateHistory(parsed.history)).not.toThrow();
    expect(parsed.history.operations.length).toBeGreaterThan(0);
  });

  it('names every format', () => {
    for (const format of formatNames) expect(page).toContain(`\`${format}\``);
  });
});

describe('what the formats mean', () => {
  it('keeps a Jepsen read that was invoked with its value, and drops the repetition of a write', () => {
    const text = '0\t:invoke\t:read\t3\n0\t:ok\t:read\t3\n0\t:invoke\t:write\t4\n0\t:ok\t:write\t4\n';
    const [read, write] = parseHistory(text).history.operations;
    expect(read).toMatchObject({ input: 3, output: 3 });
    expect(write).toMatchObject({ input: 4, output: null });
  });

  it('takes [key value] pairs apart only when every operation has one and a read asks [key nil]', () => {
    const pairs = '0\t:invoke\t:write\t[a 1]\n0\t:ok\t:write\t[a 1]\n';
    const asked = `${pairs}0\t:invoke\t:read\t[a nil]\n0\t:ok\t:read\t[a 1]\n`;
    expect(parseHistory(pairs).history.operations[0]).toMatchObject({ key: undefined, input: ['a', 1] });
    expect(parseHistory(pairs, { independent: 'yes' }).history.operations[0]).toMatchObject({
      key: 'a',
      input: 1,
    });
    expect(parseHistory(asked).history.operations[1]).toMatchObject({ key: 'a', input: null, output: 1 });
    expect(parseHistory(asked, { independent: 'no' }).history.operations[1]).toMatchObject({
      output: ['a', 1],
    });
    const cas = `${asked}1\t:invoke\t:read\tnil\n1\t:ok\t:read\t1\n`;
    expect(parseHistory(cas).history.operations[0]).toMatchObject({ key: undefined, input: ['a', 1] });
  });

  it('moves times later by the least that keeps the order of the file', () => {
    const text = [
      '{:type :invoke :f :write :value 1 :process 0 :time 1000}',
      '{:type :ok :f :write :value 1 :process 0 :time 2100}',
      '{:type :invoke :f :read :value nil :process 1 :time 2200}',
      '{:type :ok :f :read :value 1 :process 1 :time 2300}',
      '',
    ].join('\n');
    const times = parseHistory(text).history.operations.map((o) => [o.invokedAt, o.completedAt]);
    expect(times).toEqual([
      [1, 2],
      [3, 3],
    ]);
  });

  it('says when times and the order of the file disagree by more than a millisecond', () => {
    const text =
      '{:type :invoke :f :write :value 1 :process 0 :time 9000000}\n{:type :ok :f :write :value 1 :process 0 :time 1000}\n';
    const { history, warnings } = parseHistory(text);
    expect(history.operations[0]).toMatchObject({ invokedAt: 9000, completedAt: 9000 });
    expect(warnings).toEqual([
      'times disagree with the order of the file, which was kept: some moved later, by up to 8999 us',
    ]);
  });

  it('keeps equal Porcupine times concurrent and distinct ones ordered, though they share a microsecond', () => {
    const text = [
      '{"client":0,"f":"write","input":1,"call":0,"return":500}',
      '{"client":1,"f":"read","call":500,"output":0,"return":700}',
      '{"client":2,"f":"read","call":501,"output":1,"return":900}',
      '',
    ].join('\n');
    const [write, touching, later] = parseHistory(text).history.operations;
    expect(touching?.invokedAt).toBe(write?.completedAt);
    expect(later?.invokedAt).toBeGreaterThan(write?.completedAt ?? 0);
  });

  it('takes a file name only where the content says nothing', () => {
    expect(detectFormat('', 'history.edn')).toBe('jepsen-edn');
    expect(detectFormat('r(1,2,3,4)\n', 'history.edn')).toBe('plume');
    expect(detectFormat('')).toBeUndefined();
  });
});
