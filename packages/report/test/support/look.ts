/**
 * Writes sample reports into a folder, to be looked at in a browser:
 *
 *   npx tsx --conditions=holdfast:source packages/report/test/support/look.ts <folder>
 *
 * `small.html` is the run written by hand, `sample.html` two runs and a table, `long.html` over 10,000 events.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { renderReport } from '../../src/html/page.ts';
import type { ReportPage } from '../../src/run.ts';
import { samplePage, sampleRun } from './samples.ts';
import { smallHistory, smallTrace, smallVerdict } from './small.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new RangeError('Cannot write samples without a folder: give one');
mkdirSync(folder, { recursive: true });

const small: ReportPage = {
  title: 'A stale read',
  generatedFor: 'a look at the pictures',
  runs: [
    {
      title: 'A stale read, by hand',
      experiment: 'small',
      seed: 17,
      command: 'npx holdfast replay small --seed 17',
      digest: '90ab12',
      trace: smallTrace(),
      history: smallHistory(),
      verdicts: [smallVerdict()],
    },
  ],
};
const long: ReportPage = {
  title: 'A long run',
  generatedFor: 'a look',
  runs: [sampleRun(11, 10_500, false)],
};
const compress = (text: string): string => gzipSync(text).toString('base64');
for (const [name, page] of Object.entries({ small, sample: samplePage(), long })) {
  const path = join(folder, `${name}.html`);
  const html = renderReport(page, { compress });
  writeFileSync(path, html);
  process.stdout.write(`${path}: ${html.length} characters\n`);
}
