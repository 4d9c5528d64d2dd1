import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Plain } from '@holdfast/plain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeRun } from '../src/data/codec.ts';
import { CONTENT_POLICY, renderReport } from '../src/html/page.ts';
import { NotBase64Error } from '../src/html/packed.ts';
import { verdictMarks } from '../src/model/model.ts';
import type { ReportPage, RunReport } from '../src/run.ts';
import { scriptTexts, tagsOf } from './support/html.ts';
import { sampleRun } from './support/samples.ts';
import { smallHistory, smallTrace, smallVerdict } from './support/small.ts';

const compress = (text: string): string => gzipSync(text).toString('base64');

function smallRun(): RunReport {
  return {
    title: 'A stale read',
    experiment: 'small',
    seed: 17,
    command: 'npx holdfast replay small --seed 17',
    digest: '90ab12',
    trace: smallTrace(),
    history: smallHistory(),
    verdicts: [smallVerdict()],
    metrics: { leader_changes_per_minute: 4.25, commit_index_monotonic: 1 },
    shrink: { fromEvents: 12_482, toEvents: 52, steps: 240 },
    original: { eventCount: 12_482, command: 'npx holdfast run small --seed 17' },
    sections: [{ title: 'Notes', text: 'One.\n\nTwo.' }],
  };
}

const page = (runs: readonly RunReport[]): ReportPage => ({
  title: 'A page',
  generatedFor: 'a test',
  runs,
  tables: [{ title: 'Histories', head: ['Name', 'Operations'], rows: [['etcd_000', '167']] }],
});

test('a page holds its runs, verdicts, commands, metrics, sections and tables', () => {
  const html = renderReport(page([smallRun(), { ...smallRun(), title: 'A second run', verdicts: [] }]));
  for (const text of [
    'A stale read',
    'A second run',
    'npx holdfast replay small --seed 17',
    'npx holdfast run small --seed 17',
    'from 12,482 to 52 handled events, 240 candidate runs tried',
    'The read of x by C1 returned nothing although write 1 had finished before it began.',
    'No promise was judged in this run.',
    '<td>leader_changes_per_minute</td><td class="number">4.25</td>',
    '<td>etcd_000</td><td class="number">167</td>',
    '<p>One.</p><p>Two.</p>',
  ]) {
    expect(html).toContain(text);
  }
  expect(html.match(/data-picture="overview"/g)).toHaveLength(2);
  for (const picture of ['messages', 'state', 'operations'])
    expect(html).toContain(`data-picture="${picture}"`);
  expect(html.match(/<details class="twin">/g)).toHaveLength(8);
});

test('equal pages give equal text', () => {
  expect(renderReport(page([smallRun()]))).toBe(renderReport(page([smallRun()])));
});

test('a page loads nothing: strict policy first, no address in any attribute or style', () => {
  const html = renderReport(page([smallRun()]), { compress });
  const tags = tagsOf(html);
  const policy = tags.findIndex((tag) => tag.attributes.get('http-equiv') === 'Content-Security-Policy');
  expect(tags[policy]?.attributes.get('content')).toBe(CONTENT_POLICY);
  const hash = createHash('sha256')
    .update(scriptTexts(html, '').at(-1) ?? '')
    .digest('base64');
  expect(CONTENT_POLICY).toBe(
    `default-src 'none'; script-src 'sha256-${hash}'; worker-src blob:; style-src 'unsafe-inline'; img-src data:; ` +
      "base-uri 'none'; form-action 'none'",
  );
  expect(tags.findIndex((tag) => tag.name === 'script' || tag.name === 'style')).toBeGreaterThan(policy);
  for (const { name, attributes } of tags) {
    expect(['link', 'img', 'iframe', 'object', 'embed', 'base', 'form', 'audio', 'video']).not.toContain(
      name,
    );
    expect([...attributes.keys()].filter((key) => /^on|^src|^action|^style$|xlink/.test(key))).toEqual([]);
    const href = attributes.get('href');
    if (href !== undefined) expect(href).toMatch(/^#/);
  }
  const [style = ''] = /<style>([\s\S]*?)<\/style>/.exec(html) ?? [];
  expect(style).not.toMatch(/@import|url\((?!#)/);
});

test('the embedded data gives the run back, plain or packed', () => {
  const run = smallRun();
  const expected = { trace: run.trace, history: run.history, verdicts: run.verdicts.map(verdictMarks) };
  const [plain = ''] = scriptTexts(renderReport(page([run])), 'data-packing="none"');
  expect(decodeRun(plain)).toEqual(expected);
  const long = sampleRun(3, 1_500, false);
  const [packed = ''] = scriptTexts(renderReport(page([long]), { compress }), 'data-packing="gzip"');
  const unpacked = gunzipSync(Buffer.from(packed, 'base64')).toString('utf8');
  expect(decodeRun(unpacked).trace).toEqual(long.trace);
  expect(decodeRun(unpacked).history).toEqual(long.history);
});

test('data that is not base64 is refused, with the offending text', () => {
  const broken = () => renderReport(page([sampleRun(3, 1_500, false)]), { compress: () => '</script>' });
  expect(broken).toThrow(NotBase64Error);
  expect(broken).toThrow('compress returned "</script>"');
});

/** The same run with `text` in every place where a run can carry text. */
function poisoned(text: string): RunReport {
  const run = smallRun();
  const data = { [text]: text, list: [text] } as Plain;
  const events = run.trace.events.map((event) => {
    const isState = event.kind === 'state';
    return { ...event, label: text, data: isState ? { role: text, [text]: text, term: 1 } : data };
  });
  const operations = run.history.operations.map((o) => ({
    ...o,
    f: text,
    key: text,
    input: text,
    output: data,
  }));
  const [blocking] = operations;
  return {
    ...run,
    title: text,
    experiment: text,
    command: text,
    digest: text,
    trace: {
      ...run.trace,
      events,
      nodes: run.trace.nodes.map((node) => ({ ...node, name: text })),
      faults: run.trace.faults.map((fault) => ({ ...fault, kind: text, text })),
    },
    history: { ...run.history, operations },
    verdicts: [
      {
        promise: text,
        status: 'violated',
        reason: text,
        evidence: {
          examined: 1,
          steps: 1,
          events: [3],
          minimal: operations,
          ...(blocking === undefined ? {} : { blocking }),
        },
      },
    ],
    metrics: { [text]: 1 },
    original: { eventCount: 1, command: text },
    sections: [{ title: text, text }],
  };
}

const poisonedPage = (text: string): string =>
  renderReport({
    title: text,
    generatedFor: text,
    runs: [poisoned(text)],
    tables: [{ title: text, head: [text], rows: [[text]] }],
  });

const shapeOf = (html: string): string =>
  [...new Set(tagsOf(html).map((tag) => `${tag.name} ${[...tag.attributes.keys()].sort().join(' ')}`))]
    .sort()
    .join('\n');

test('S3.5 no crafted payload adds an element or an attribute, wherever a run carries it', () => {
  const harmless = new Set(shapeOf(poisonedPage('harmless')).split('\n'));
  const attacks = [
    '</script><script>alert(1)</script>',
    '<!--<script>',
    ']]><svg onload=alert(1)>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '</title></style></textarea><iframe src=//x>',
    '\u2028alert(1)\u2029',
    '{{constructor}}${alert(1)}',
    '&lt;b&gt;&#60;i&#62;',
    '\u0000<\u0000script>',
  ];
  for (const attack of attacks) {
    const html = poisonedPage(attack);
    expect(
      shapeOf(html)
        .split('\n')
        .filter((shape) => !harmless.has(shape)),
    ).toEqual([]);
    expect(tagsOf(html).filter((tag) => tag.name === 'script')).toHaveLength(2);
    const [data = ''] = scriptTexts(html, 'application/json');
    expect(decodeRun(data).trace.events[0]?.label).toBe(attack);
  }
});

test('S3.5 random payloads never add an element or an attribute', () => {
  const harmless = new Set(shapeOf(poisonedPage('harmless')).split('\n'));
  const nasty = fc.constantFrom(
    '<',
    '>',
    '"',
    "'",
    '&',
    '</',
    '<!--',
    '-->',
    '=',
    ' on',
    '\u2028',
    '\n',
    '`',
    '\\',
    '\ud800',
    'a',
  );
  fc.assert(
    fc.property(fc.array(nasty, { maxLength: 12 }), (parts) => {
      const shapes = shapeOf(poisonedPage(parts.join(''))).split('\n');
      expect(shapes.filter((shape) => !harmless.has(shape))).toEqual([]);
    }),
    { seed: 31, numRuns: 60 },
  );
});

test('a run without anything to draw says so, a history alone is drawn alone', () => {
  const empty = { nodes: [], events: [], faults: [], endedAt: 0 };
  const none = renderReport(
    page([{ ...smallRun(), trace: empty, history: { operations: [], timeUnit: 'us' } }]),
  );
  expect(none).toContain('Nothing was recorded that could be drawn.');
  expect(tagsOf(none).filter((tag) => tag.attributes.has('data-picture'))).toEqual([]);
  const alone = renderReport(page([{ ...smallRun(), trace: empty, seed: null }]));
  const drawn = tagsOf(alone).flatMap((tag) => tag.attributes.get('data-picture') ?? []);
  expect(drawn).toEqual(['overview', 'operations']);
  expect(alone).not.toContain('<dt>Seed</dt>');
});
