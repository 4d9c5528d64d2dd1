import { LiveError } from '@holdfast/live';
import { playOnce } from '../../museum/runs.ts';
import { lacking } from '../liveCheck.ts';
import { museumFiles, runsOf } from '../museum.ts';
import { type Figure, shownMs } from './figure.ts';

const LIMIT_MS = 360_000;

/** The whole museum, once; `npm run museum` plays it again and again. */
export const museum: Figure = {
  name: 'museum',
  skip: () => lacking('etcd', 'redis', 'postgres', 'zookeeper', 'nats', 'rabbitmq'),
  async run() {
    const startedMs = performance.now();
    const counts = { runs: 0, good: 0, skipped: 0 };
    for (const file of museumFiles()) {
      for (const run of runsOf(file)) {
        try {
          const { outcome, why } = await playOnce(file, run);
          counts.runs++;
          if (outcome === 'expected') counts.good++;
          else console.error(`  ${file.name}: ${outcome}: ${why}`);
        } catch (error) {
          if (!(error instanceof LiveError)) throw error;
          counts.skipped++;
          console.error(`  SKIPPED ${file.name}: ${error.message}`);
        }
      }
    }
    const ms = performance.now() - startedMs;
    const { runs, good, skipped } = counts;
    const measured = `${shownMs(ms)} (${good} of ${runs} runs as expected${skipped > 0 ? `, ${skipped} skipped` : ''})`;
    const kept = ms < LIMIT_MS && good === runs;
    return [{ what: 'the whole museum, controls too', measured, floor: '6 min', kept }];
  },
};
