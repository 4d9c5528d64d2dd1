/**
 * The figures of the live part, measured: a table on standard output, and what goes wrong on standard error.
 *
 *   npm run figures:live                    all of them (about an hour)
 *   npm run figures:live -- ready faults    these: ready, faults, mesh, recorded, museum, killed, reads
 *   npm run figures:live -- ready --rounds 5 fewer rounds
 *
 * Needs what the clusters need ('holdfast doctor'); a figure that cannot be measured here is skipped, loudly. Exit code 1 when a floor is not kept.
 */
import { parseArgs } from 'node:util';
import { ready, recorded } from './live/figures/cluster.ts';
import { faults } from './live/figures/faults.ts';
import type { Figure, FigureRow } from './live/figures/figure.ts';
import { killed } from './live/figures/killed.ts';
import { mesh } from './live/figures/mesh.ts';
import { museum } from './live/figures/museum.ts';
import { reads } from './live/figures/reads.ts';

const FIGURES: readonly Figure[] = [ready, faults, mesh, recorded, museum, killed, reads];

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { rounds: { type: 'string' } },
    allowPositionals: true,
  });
  const unknown = positionals.filter((name) => !FIGURES.some((figure) => figure.name === name));
  if (unknown.length > 0) {
    console.error(
      `no figure is called ${unknown.join(', ')}; known are ${FIGURES.map(({ name }) => name).join(', ')}`,
    );
    return 2;
  }
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  const rows: FigureRow[] = [];
  for (const figure of FIGURES) {
    if (positionals.length > 0 && !positionals.includes(figure.name)) continue;
    const why = figure.skip();
    if (why !== undefined) {
      console.error(`SKIPPED ${figure.name}: ${why}`);
      continue;
    }
    rows.push(...(await figure.run(rounds)));
  }
  console.log('| what | measured | floor | |\n| --- | --- | --- | --- |');
  for (const { what, measured, floor, kept } of rows)
    console.log(`| ${what} | ${measured} | ${floor} | ${kept ? 'kept' : 'NOT KEPT'} |`);
  return rows.every(({ kept }) => kept) ? 0 : 1;
}

process.exitCode = await main();
