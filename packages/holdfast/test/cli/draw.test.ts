import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { evidenceOf, printEvidence } from '../../src/evidence/evidence.ts';
import { loadReference } from '../../src/node/resolveExperiment.ts';
import { simulate } from '../../src/simulate/simulate.ts';
import { EXPERIMENTS, holdfast, ROOT, temporaryFolder } from './support.ts';

const folder = (): string => temporaryFolder();

test('evidence drawn is the very run, in every format, and each is read again', async () => {
  const place = folder();
  const path = join(EXPERIMENTS, 'tiny.ts');
  const found = simulate(await loadReference({ kind: 'file', path, name: 'tiny' }), 2);
  const evidence = join(place, 'evidence.json');
  writeFileSync(evidence, printEvidence(evidenceOf('tiny', found, { edited: false, file: path })));
  const window = ['--from', '1200', '--until', '1500'];
  const drawings = new Map<string, string>();
  for (const format of ['html', 'json', 'mermaid']) {
    const file = join(place, `run.${format}`);
    const ended = await holdfast(['draw', evidence, '--format', format, '--out', file, ...window], place);
    expect(ended).toEqual({ code: 0, out: '', err: '' });
    drawings.set(format, readFileSync(file, 'utf8'));
  }
  expect(drawings.get('mermaid')).toMatch(/^sequenceDiagram\n {2}participant/);
  expect(drawings.get('html')).toContain(`data-digest="${found.digest}"`);
  for (const format of ['html', 'json']) {
    const again = await holdfast(
      ['draw', join(place, `run.${format}`), '--format', 'mermaid', ...window],
      place,
    );
    expect(again).toEqual({ code: 0, out: drawings.get('mermaid'), err: '' });
  }
});

test('a recorded history is drawn with the faults of its nemesis; what it cannot be drawn as is said', async () => {
  const place = folder();
  const file = join(place, 'history.edn');
  const lines = [
    '{:process 0, :type :invoke, :f :write, :value 3, :time 1000000}',
    '{:process :nemesis, :type :info, :f :start-partition, :value nil, :time 2000000}',
    '{:process 0, :type :ok, :f :write, :value 3, :time 5000000}',
    '{:process :nemesis, :type :info, :f :stop-partition, :value nil, :time 7000000}',
    '{:process 1, :type :invoke, :f :read, :value nil, :time 8000000}',
    '{:process 1, :type :ok, :f :read, :value 3, :time 9000000}',
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  const { code, out } = await holdfast(['draw', file, '--format', 'svg', '--picture', 'operations'], place);
  expect(code).toBe(0);
  expect(out).toContain('Fault: start-partition');
  expect(out).toContain('write 3 ok');
  const refused = await holdfast(['draw', file, '--format', 'mermaid'], place);
  expect(refused.code).toBe(2);
  expect(refused.err).toContain('this run has operations only');
  const page = await holdfast(['draw', file], place);
  const [, path = ''] = /report {4}(\S+)/.exec(page.out) ?? [];
  expect(readFileSync(join(place, path), 'utf8')).toContain('data-picture="operations"');
});

test('a file that is none of these is refused, with what it could have been', async () => {
  const refused = await holdfast(['draw', join(ROOT, 'LICENSE'), '--format', 'text']);
  expect(refused.code).toBe(2);
  expect(refused.err).toContain('nothing was drawn');
  const none = await holdfast(['draw', 'nowhere.json']);
  expect(none.err).toContain('there is no such file');
  const time = await holdfast(['draw', join(ROOT, 'LICENSE'), '--from', 'soon']);
  expect(time.err).toContain("Cannot use 'soon' as a time in milliseconds");
});
