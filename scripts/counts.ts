/**
 * Explores every model whose numbers others have published or measured, and compares.
 *
 *   npm run counts                 all but those that take a minute or more
 *   npm run counts -- --all        all of them
 *   npm run counts -- paxos        those with this in their name
 *   npm run counts -- --exact      comparing whole states instead of fingerprints (needs memory)
 *
 * Prints a table; exit code 1 when a number differs. What is expected stands in packages/explore/test/counts/cases.ts.
 */
import { parseArgs } from 'node:util';
import { type CountCase, COUNT_CASES, differences } from '../packages/explore/test/counts/cases.ts';

const HEADINGS = ['Model', 'States', 'Steps', 'Depth', 'CPU s', 'States/s', 'As', ''] as const;

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

/** A number of ours beside the one expected, when there is one and it differs. */
function beside(found: number, expected: number | undefined): string {
  return expected === undefined || expected === found
    ? grouped(found)
    : `${grouped(found)}, not ${grouped(expected)}`;
}

function run(known: CountCase, exact: boolean): { row: string[]; wrong: string[] } {
  const before = process.cpuUsage();
  const found = known.explore({ exact });
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  const wrong = differences(known, found);
  const row = [
    known.name,
    beside(found.states, known.states),
    beside(found.generated, known.generated),
    beside(found.depth, known.depth),
    seconds.toFixed(2),
    grouped(Math.round(found.states / seconds)),
    known.judges,
    wrong.length === 0 ? 'same' : wrong.join('; '),
  ];
  return { row, wrong };
}

function main(args: string[]): number {
  const flag = { type: 'boolean', default: false } as const;
  const { values, positionals } = parseArgs({
    args,
    options: { all: flag, exact: flag },
    allowPositionals: true,
  });
  const wanted = COUNT_CASES.filter(({ name, size }) => {
    if (positionals.length > 0)
      return positionals.some((text) => name.toLowerCase().includes(text.toLowerCase()));
    return values.all || size !== 'long';
  });
  if (wanted.length === 0) {
    console.error(`Cannot count ${positionals.join(', ')} as no model has that in its name`);
    return 2;
  }
  console.log(`| ${HEADINGS.join(' | ')} |`);
  console.log(`| --- |${' ---: |'.repeat(5)} --- | --- |`);
  const notes: string[] = [];
  let differing = 0;
  for (const known of wanted) {
    const { row, wrong } = run(known, values.exact);
    if (wrong.length > 0) differing++;
    if (known.note !== undefined) notes.push(`${known.name}: ${known.note}`);
    console.log(`| ${row.join(' | ')} |`);
  }
  console.log(['', ...notes.map((note) => `- ${note}`)].join('\n'));
  console.log(`${wanted.length} models, ${differing} with a number that differs`);
  return differing === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
