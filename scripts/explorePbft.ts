/**
 * PBFT on four replicas with one request of each of two clients, explored to the end: whatever a lying primary tells each backup (nothing, or a pre-prepare and a
 * commit of either story), in every order of delivery, without timeouts, stores durable at once.
 *
 *   npx tsx --conditions=holdfast:source scripts/explorePbft.ts
 *
 * Exit code 0 when agreement holds in all states, else 1.
 */
import { explore, exploreText } from '@holdfast/explore';
import { ANYTHING, lyingPrimary } from '../packages/holdfast/test/explore/lyingPrimary.ts';

const result = explore(lyingPrimary([ANYTHING, ANYTHING, ANYTHING]), {
  storage: 'at-once',
  timers: { speak: 1 },
});
console.log(exploreText(result));
process.exitCode = result.properties.every(({ status }) => status === 'holds') ? 0 : 1;
