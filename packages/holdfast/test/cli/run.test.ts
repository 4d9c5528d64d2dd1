import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseEvidence, printEvidence } from '../../src/evidence/evidence.ts';
import { differences, documentedFields } from './jsonSchema.ts';
import { EXPERIMENTS, holdfast, temporaryFolder } from './support.ts';

const TINY = join(EXPERIMENTS, 'tiny.ts#tiny');
const BROKEN = join(EXPERIMENTS, 'tiny.ts#broken');
const FIELDS = documentedFields('`run` and `replay`');

interface Document {
  readonly verdict: string;
  readonly digest: string;
  readonly evidence: string;
  readonly report: string;
  readonly replay: string;
  readonly seeds: { readonly done: number };
  readonly findings: readonly { readonly seed: number; readonly promise: string }[];
  readonly shrunk: { readonly fromEvents: number; readonly toEvents: number };
  readonly metrics: Readonly<Record<string, number>>;
}

function documentOf(out: string): Document {
  const document = JSON.parse(out) as Document;
  expect(differences(document, FIELDS)).toEqual([]);
  return document;
}

describe('holdfast run', () => {
  it('ends with 0 when everything holds, writes nothing, and prints a verdict per promise', async () => {
    const folder = temporaryFolder();
    const { code, out } = await holdfast(['run', TINY, '--seeds', '5', '--jobs', '1'], folder);
    expect(code).toBe(0);
    expect(out).toMatch(/^linearizability +holds +\d+ {2}seed 1: /m);
    expect(out).toMatch(/^HOLDS {2}5 seeds, [\d,]+ operations/m);
    expect(out).toMatch(/campaign digest [0-9a-f]{16}$/m);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('ends with 1 on a violation: sentence, shrunk run, evidence and the command that replays it', async () => {
    const folder = temporaryFolder();
    const { code, out } = await holdfast(['run', BROKEN, '--jobs', '1'], folder);
    expect(code).toBe(1);
    expect(out).toMatch(/^VIOLATED {2}linearizability, seed \d+\n {2}process \d+ read /m);
    const [, from = '', to = ''] = /^shrunk from ([\d,]+) to ([\d,]+) events/m.exec(out) ?? [];
    expect(Number(to)).toBeLessThan(Number(from.replace(',', '')) / 5);
    const [story = '', behind = ''] = out.split(/^behind it /m);
    expect(behind).toMatch(/^\(\*: leave out this one and the promise holds; \d+ events?\)/);
    expect(behind).toMatch(/^\* +#\d+ /m);
    const timeline = story.split('\n').filter((line) => /^ *#\d+ /.test(line));
    expect(timeline.length).toBeGreaterThan(5);
    expect(timeline.length).toBeLessThanOrEqual(60);
    const [, evidence = ''] = /^evidence {2}(\S+)$/m.exec(out) ?? [];
    expect(evidence).toMatch(/^holdfast-report\/broken-seed-\d+-[0-9a-f]{8}\.json$/);
    expect(out).toMatch(new RegExp(`^replay {4}.* replay ${evidence}$`, 'm'));
    const again = await holdfast(['replay', evidence], folder);
    expect(again.code).toBe(1);
    expect(again.out).toMatch(/^VIOLATED {2}digest [0-9a-f]{16}, as recorded$/m);
    expect(again.out.match(/^ *#\d+ .*$/gm)).toEqual(timeline);
  });

  it('prints one documented object with --json, also for the replay', async () => {
    const folder = temporaryFolder();
    const run = await holdfast(['run', BROKEN, '--json', '--report', 'out', '--jobs', '1'], folder);
    const document = documentOf(run.out);
    expect(run.code).toBe(1);
    expect(document).toMatchObject({ verdict: 'violated', exitCode: 1, interrupted: false });
    expect(document.findings.at(-1)?.promise).toBe('linearizability');
    expect(document.shrunk.toEvents).toBeLessThan(document.shrunk.fromEvents / 5);
    expect(readdirSync(join(folder, 'out')).sort()).toEqual(
      [document.evidence, document.report].map((path) => path.replace('out/', '')).sort(),
    );
    expect(readFileSync(join(folder, document.report), 'utf8')).toContain(document.replay);
    const replayed = await holdfast(['replay', document.evidence, '--json', '--report', 'again'], folder);
    const second = documentOf(replayed.out);
    expect(replayed.code).toBe(1);
    expect(second.evidence).toBe(document.evidence);
    expect(second.digest).toBe(parseEvidence(readFileSync(join(folder, document.evidence), 'utf8')).digest);
    expect(readdirSync(join(folder, 'again'))).toEqual([second.report.replace('again/', '')]);
  });

  it('reports a seed that throws with its stack and command, and ends with 2', async () => {
    const folder = temporaryFolder();
    const { code, out } = await holdfast(
      ['run', join(EXPERIMENTS, 'trips.ts#throws'), '--jobs', '1'],
      folder,
    );
    expect(code).toBe(2);
    expect(out).toMatch(/^seed \d+ threw\n {2}Error: the workload tripped\n[\s\S]*trips\.ts/m);
    const [, seed = ''] = /^seed (\d+) threw/m.exec(out) ?? [];
    expect(out).toMatch(new RegExp(`show it again: .* run .*trips\\.ts#throws --seed ${seed}$`, 'm'));
    const json = await holdfast(
      ['run', join(EXPERIMENTS, 'trips.ts#throws'), '--json', '--keep-going', '--seeds', '20', '--jobs', '1'],
      folder,
    );
    const document = documentOf(json.out);
    expect(json.code).toBe(2);
    expect(document.seeds.done).toBe(20);
    expect(document.verdict).toBe('error');
  });

  it('is undecided, exit code 3, when nothing was examined', async () => {
    const { code, out } = await holdfast(
      ['run', join(EXPERIMENTS, 'idle.ts'), '--seeds', '2', '--jobs', '1'],
      temporaryFolder(),
    );
    expect(code).toBe(3);
    expect(out).toContain('UNDECIDED');
    expect(out).toContain('nothing was examined');
  });

  it('gives every metric of a single seed by name, and a report of a run that holds when one is asked for', async () => {
    const folder = temporaryFolder();
    const { code, out } = await holdfast(['run', TINY, '--seed', '4', '--json', '--report', 'a/b'], folder);
    const { metrics, seeds, evidence, report } = documentOf(out);
    expect(code).toBe(0);
    expect(seeds).toEqual({ from: 4, count: 1, done: 1 });
    expect(metrics.commit_index_monotonic).toBe(1);
    expect(metrics.operations).toBeGreaterThan(50);
    expect(evidence).toBeNull();
    const html = readFileSync(join(folder, report), 'utf8');
    expect(html).toContain('tiny, seed 4');
    expect(html).toMatch(/run \S*tiny\.ts#tiny --seed 4/);
  });
});

describe('holdfast replay', () => {
  it('replays the run an HTML report shows, and says which runs there are', async () => {
    const folder = temporaryFolder();
    const run = ['run', BROKEN, '--json', '--no-shrink', '--report', 'out', '--jobs', '1'];
    const found = documentOf((await holdfast(run, folder)).out);
    const again = await holdfast(['replay', found.report], folder);
    expect(again.code).toBe(1);
    expect(again.out).toMatch(/, as the seed gives it: /);
    expect(again.out).toMatch(/VIOLATED {2}digest [0-9a-f]{16}, as recorded/);
    const none = await holdfast(['replay', found.report, '--run', '7'], folder);
    expect(none.code).toBe(2);
    expect(none.err).toMatch(/it has no run 7: there is 1; say --run 1/);
    const page = readFileSync(join(folder, found.report), 'utf8');
    writeFileSync(join(folder, 'torn.html'), page.replace('data-rerun>{', 'data-rerun>'));
    const torn = await holdfast(['replay', 'torn.html'], folder);
    expect(torn.err).toMatch(/torn\.html: Cannot read this as evidence: the plan of run 1 is not JSON/);
    // An edited plan is another run than the seed's: that is found by the digest.
    writeFileSync(join(folder, 'edited.html'), page.replace(/(data-rerun>.*?"endUs":)\d+/s, '$11000000'));
    const edited = await holdfast(['replay', 'edited.html'], folder);
    expect(edited.err).toMatch(/the run has changed: recorded digest/);
  });

  it('finds a moved experiment by --experiment, and a moved project by itself', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'project'));
    writeFileSync(
      join(folder, 'project/mine.ts'),
      "export { default } from '" + join(EXPERIMENTS, 'tiny.ts') + "';\n",
    );
    const found = documentOf(
      (
        await holdfast(
          ['run', 'mine.ts#broken', '--json', '--no-shrink', '--jobs', '1'],
          join(folder, 'project'),
        )
      ).out,
    );
    const path = join(folder, 'project', found.evidence);
    expect((await holdfast(['replay', path], folder)).code).toBe(1);
    const evidence = parseEvidence(readFileSync(path, 'utf8'));
    writeFileSync(join(folder, 'moved.json'), printEvidence({ ...evidence, file: 'elsewhere.ts' }));
    const moved = await holdfast(['replay', 'moved.json', '--experiment', 'project/mine.ts#broken'], folder);
    expect(moved.code).toBe(1);
  });
});
