import { LiveError } from '../errors.ts';
import { undoLedger } from '../ledger/clean.ts';
import { folderOf, Ledger, newRunId, readLedger } from '../ledger/ledger.ts';
import { watchOver } from '../ledger/watch.ts';
import type { Server } from '../processes/server.ts';
import type { Site } from '../site/site.ts';
import { type Clock, eventually } from '../time.ts';
import type { Cluster, ClusterOptions, Member, System } from './cluster.ts';

/** A run's hold on the machine: its ledger, and the guard that undoes it whatever happens. */
export interface Hold {
  readonly ledger: Ledger;
  /** Undoes everything; what could not be undone is returned. */
  release(): readonly string[];
}

/** Sets a guard, and opens the ledger it is to watch: the guard is there first, so that no folder is ever without one. */
export function takeHold(): Hold {
  const runId = newRunId();
  const dismiss = watchOver(folderOf(runId));
  const ledger = new Ledger(runId);
  return {
    ledger,
    release: () => {
      const content = readLedger(ledger.folder);
      ledger.close();
      const failed = content === undefined ? [] : undoLedger(content).failed;
      dismiss();
      return failed;
    },
  };
}

/** Launches a cluster and waits until it is ready. Throws `LiveError` with the last words of a member that ended or is not ready. */
export async function launchReady(
  system: System,
  options: ClusterOptions,
  signal?: AbortSignal,
): Promise<Cluster> {
  const cluster = await system.launch(options);
  const { readyMs } = system;
  // A member that has ended never gets ready: there is nothing to wait for.
  const seen = await eventually<Server | 'ready'>(
    async () => endedServer(cluster) ?? ((await cluster.isReady()) ? 'ready' : undefined),
    { withinMs: readyMs, everyMs: 25, signal },
  );
  if (seen === 'ready') return cluster;
  cluster.close();
  if (seen !== undefined) {
    throw new LiveError(
      'MEMBER_DIED',
      `Cannot use ${cluster.system} as a cluster: ${seen.name} ended while it was starting`,
      `its last words: ${seen.lastWords()}`,
      seen.name,
    );
  }
  throw new LiveError(
    'NOT_READY',
    `Cannot use ${system.name} as a cluster of ${options.members}: it was not ready within ${readyMs} ms`,
    `see the logs in ${options.ledger.folder}: ${cluster.members[0]?.servers[0]?.lastWords() ?? ''}`,
  );
}

/** A process of a member that has ended on its own. */
function endedServer({ members }: Cluster): Server | undefined {
  return members.flatMap(({ servers }) => servers).find(({ pid }) => pid === undefined);
}

/** Waits for a leader, other than one of `not`. Throws `LiveError` when there is none in time. */
export async function awaitLeader(
  cluster: Cluster,
  options: {
    readonly withinMs: number;
    readonly not?: readonly string[];
    readonly signal?: AbortSignal | undefined;
    readonly clock?: Clock | undefined;
  },
): Promise<Member> {
  const { withinMs, not = [], signal, clock } = options;
  const found = await eventually(
    async () => {
      const leader = await cluster.leader();
      return leader === undefined || not.includes(leader.name) ? undefined : leader;
    },
    { withinMs, everyMs: 25, signal, clock },
  );
  if (found !== undefined) return found;
  const other = not.length === 0 ? '' : ` other than ${not.join(', ')}`;
  throw new LiveError(
    'NOT_READY',
    `Cannot find a leader of ${cluster.system}${other}: there was none within ${withinMs} ms`,
    'give it more time, or look for what keeps a majority apart',
  );
}

/** Ends a member's processes at once, as a crash does. */
export async function killMember(member: Member): Promise<void> {
  await Promise.all(member.servers.map((server) => server.kill()));
}

/** Starts a member's processes again. */
export async function startMember(member: Member): Promise<void> {
  for (const server of member.servers) await server.start();
}

/** Where a run's members live. */
export type SiteMaker = (ledger: Ledger, members: number) => Site;
