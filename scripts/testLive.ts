/**
 * What `npm test` leaves out because it needs servers: installs what is missing, then runs every system and device this machine has, says
 * what it skipped and why, and ends with `N passed, M failed`.
 *
 *   npm run test:live               everything
 *   npm run test:live -- etcd       only checks whose names hold a word
 */
import { clean, DEVICE_PROGRAMS, diagnose, installMissing, LiveError, SYSTEMS } from '@holdfast/live';
import { CHECKS } from './live/checks.ts';

async function main(words: readonly string[]): Promise<number> {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  clean();
  install();
  for (const { name, able, found, remedy } of diagnose()) {
    console.log(
      `${able ? 'able  ' : 'UNABLE'} ${name}: ${found}${remedy === undefined ? '' : `; ${remedy}`}`,
    );
  }
  for (const check of CHECKS.filter(({ name }) => words.every((word) => name.includes(word)))) {
    const started = performance.now();
    const why = check.skip();
    if (why !== undefined) {
      counts.skipped++;
      console.log(`SKIPPED ${check.name}: ${why}`);
      continue;
    }
    const problem = await check.run().then(
      () => undefined,
      (error: unknown) => error,
    );
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    if (problem instanceof LiveError && problem.code === 'VERSION_OTHER') {
      counts.skipped++;
      console.log(`SKIPPED ${check.name}: ${problem.message}`);
    } else if (problem === undefined) {
      counts.passed++;
      console.log(`passed  ${check.name} (${seconds} s)`);
    } else {
      counts.failed++;
      console.log(
        `FAILED  ${check.name} (${seconds} s)\n  ${problem instanceof Error ? problem.stack : JSON.stringify(problem)}`,
      );
    }
  }
  console.log(`${counts.skipped} skipped`);
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  return counts.failed === 0 && counts.passed > 0 ? 0 : 1;
}

/** A system that cannot be had is skipped later, with the reason. */
function install(): void {
  for (const { needs } of [...SYSTEMS, { needs: DEVICE_PROGRAMS }]) {
    try {
      const fetched = installMissing(needs);
      if (fetched.length > 0) console.log(`installed ${fetched.join(', ')}`);
    } catch (error) {
      console.log(`not installed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

process.exitCode = await main(process.argv.slice(2));
