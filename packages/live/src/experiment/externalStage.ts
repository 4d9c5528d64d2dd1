import { ClientProxies } from '../devices/proxy/clientProxies.ts';
import { LiveError } from '../errors.ts';
import type { System } from '../subjects/cluster.ts';
import { eventually, REAL_CLOCK } from '../time.ts';
import { assertActions } from './abilities.ts';
import { assertMessages, type PlayedFile, type Stage, type StageOptions, strikesOf } from './stage.ts';

/** A cluster that runs already answers at once, or is not there. */
const ANSWER_MS = 5_000;

/**
 * The stage of a cluster that somebody else runs: nothing of it is started, stopped, or touched but by requests. Faults are those our own clients can be given: proxies
 * on loopback stand between them and each member. Throws `LiveError` for all others, for settings nobody here can make, and when nobody answers.
 */
export async function externalStage(file: PlayedFile, system: System, options: StageOptions): Promise<Stage> {
  const started = performance.now();
  const { addresses = [], disk, settings } = file.subject;
  assertMessages(file, false);
  assertActions(file, system);
  if (system.attach === undefined) {
    throw refusal(
      `use a cluster of ${system.name} that runs already`,
      'only etcd has it',
      'leave addresses out',
    );
  }
  if (disk === 'volatile' || settings !== undefined) {
    const what = disk === 'volatile' ? 'disks' : 'settings';
    throw refusal(`choose ${what} of a cluster that runs already`, 'it has its own', `leave ${what} out`);
  }
  for (const fault of strikesOf(file)) ClientProxies.assertSupported(fault);
  const proxies = await ClientProxies.before(addresses);
  try {
    const cluster = await system.attach(proxies.addresses);
    const answers = await eventually(() => cluster.isReady(), {
      withinMs: ANSWER_MS,
      signal: options.signal,
    });
    if (answers !== true) {
      throw new LiveError(
        'NOT_READY',
        `Cannot use ${addresses.join(', ')} as a cluster of ${system.name}: not every member answered within ${ANSWER_MS} ms`,
        'see that it runs, and that these are the addresses for its clients',
        addresses,
      );
    }
    return {
      cluster,
      clock: REAL_CLOCK,
      mesh: undefined,
      striker: ({ resolve }) => proxies.striker(resolve),
      readyMs: performance.now() - started,
      close: async () => {
        cluster.close();
        await proxies.close();
      },
    };
  } catch (error) {
    await proxies.close();
    throw error;
  }
}

function refusal(what: string, why: string, mend: string): LiveError {
  return new LiveError('FAULT_UNSUPPORTED', `Cannot ${what}: ${why}`, mend);
}
