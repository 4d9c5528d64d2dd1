import { DEVICE_PROGRAMS, installMissing, LiveError, SYSTEMS } from '@holdfast/live';
import { FinalFailure, type LiveCheck } from '../liveCheck.ts';
import type { Reply, Request } from './messages.ts';

/** Answers the parent's requests until it goes away. */
export function serveParent(checks: readonly LiveCheck[]): void {
  process.on('disconnect', () => process.exit(0));
  process.on('message', (request: Request) => {
    void answer(checks, request).then((reply) => process.send?.(reply));
  });
}

async function answer(checks: readonly LiveCheck[], request: Request): Promise<Reply> {
  if (request.kind === 'install') return install();
  const check = checks.find(({ name }) => name === request.name);
  if (check === undefined) return { outcome: 'failed', why: `no check is called ${request.name}` };
  process.env['HOLDFAST_LIVE_LOGS'] = request.logs;
  try {
    const lack = check.skip();
    if (lack !== undefined) return { outcome: 'skipped', why: lack };
    await check.run();
    return { outcome: 'passed', why: '' };
  } catch (error) {
    if (error instanceof LiveError && error.code === 'VERSION_OTHER')
      return { outcome: 'skipped', why: error.message };
    return { outcome: 'failed', why: told(error), isFinal: error instanceof FinalFailure };
  }
}

/** What was thrown, with the errors that caused it. */
function told(error: unknown): string {
  if (!(error instanceof Error)) return JSON.stringify(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${told(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

/** All at once; where that fails one by one, so that one that cannot be had does not stop the others: it is skipped later, with the reason. */
function install(): Reply {
  const all = [...SYSTEMS.map(({ needs }) => needs), DEVICE_PROGRAMS];
  try {
    return { outcome: 'passed', why: installMissing(all.flat()).join(', ') };
  } catch {
    const fetched: string[] = [];
    const problems: string[] = [];
    for (const needs of all) {
      try {
        fetched.push(...installMissing(needs));
      } catch (error) {
        problems.push(error instanceof Error ? error.message : String(error));
      }
    }
    return { outcome: problems.length > 0 ? 'failed' : 'passed', why: [...fetched, ...problems].join('\n') };
  }
}
