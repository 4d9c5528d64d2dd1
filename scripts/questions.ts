/**
 * Two open questions, measured: how long recovery takes at worst after the leader and a disk have failed, and which promise goes first under overload.
 *
 *   npm run questions                         both
 *   npm run questions -- --seeds 500          more seeds of the first
 *   npm run questions -- --first-seed 1000    others
 *
 * Exit code 0; 1 when a seed broke a promise or never recovered.
 */
import { parseArgs } from 'node:util';
import { DESIGNS, orderOf, overloadRamp } from './questions/overload.ts';
import { DISKS, recoveries } from './questions/recovery.ts';

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '100' }, 'first-seed': { type: 'string', default: '1' } },
});
const count = Number(values.seeds);
const first = Number(values['first-seed']);
if (!Number.isInteger(count) || count < 1 || !Number.isInteger(first) || first < 0) {
  console.error(
    `Cannot sweep as --seeds and --first-seed must be whole numbers: current values are ${values.seeds} and ${values['first-seed']}`,
  );
  process.exit(2);
}

console.log(
  `Recovery after the loss of the leader and a disk, five members, seeds ${first} to ${first + count - 1}`,
);
for (const disk of DISKS) {
  const { medianMs, maximumMs, slowestSeed, bad } = recoveries(disk, first, count);
  const words = `median ${medianMs.toFixed(0)} ms, maximum ${maximumMs.toFixed(0)} ms (seed ${slowestSeed})`;
  console.log(`  disk ${disk}: ${words}${bad.length === 0 ? '' : `; broken: ${bad.join(', ')}`}`);
  if (bad.length > 0) process.exitCode = 1;
}

console.log('\nWhat goes first when the load rises, in times of what can be served');
for (const [name, options] of Object.entries(DESIGNS)) {
  const broken = overloadRamp(options);
  const order = orderOf(broken).map((bound) => `${bound} at ${broken[bound]}`);
  const kept = Object.entries(broken)
    .filter(([, at]) => at === undefined)
    .map(([bound]) => bound);
  console.log(
    `  ${name}: ${order.join(', then ') || 'nothing'}${kept.length === 0 ? '' : `; kept: ${kept.join(', ')}`}`,
  );
}
