import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { sleep } from '../../time.ts';
import type { ClusterOptions } from '../cluster.ts';

/** Where a member is to be found. */
export interface Place {
  readonly clientAddress: string;
  /** Where the member listens to its peers, and where they are told to find it. */
  readonly peerAddress: string;
  readonly advertised: string;
}

/** What one member is started with. */
export interface Starting {
  readonly name: string;
  /** Of its log and its configuration file. */
  readonly home: string;
  readonly dataFolder: string;
  readonly place: Place;
  readonly initial: string;
}

/**
 * The words behind the program's name. The token makes member ids predictable, and keeps clusters of different runs apart. What has no flag is said
 * in a configuration file, and then everything is: etcd ignores flags beside one.
 */
export function startWords({ settings, ledger }: ClusterOptions, starting: Starting): string[] {
  const { name, home, dataFolder, place, initial } = starting;
  const {
    heartbeatMs = 50,
    electionMs = 500,
    snapshotCount = 100_000,
    compactionBatch = 1_000,
    storeEveryMs,
    catchUpEntries,
    preVote = false,
  } = settings;
  const client = `http://${place.clientAddress}`;
  const entries: readonly (readonly [string, string | number | boolean])[] = [
    ['name', name],
    ['data-dir', dataFolder],
    ['listen-client-urls', client],
    ['advertise-client-urls', client],
    ['listen-peer-urls', `http://${place.peerAddress}`],
    ['initial-advertise-peer-urls', `http://${place.advertised}`],
    ['initial-cluster', initial],
    ['initial-cluster-token', `holdfast-${ledger.runId}`],
    ['initial-cluster-state', 'new'],
    ['heartbeat-interval', heartbeatMs],
    ['election-timeout', electionMs],
    ['snapshot-count', snapshotCount],
    ['pre-vote', preVote],
    ['experimental-compaction-batch-limit', compactionBatch],
    ['logger', 'zap'],
    ...(storeEveryMs === undefined ? [] : [['backend-batch-interval', `${storeEveryMs}ms`] as const]),
  ];
  if (catchUpEntries === undefined) return entries.map(([flag, value]) => `--${flag}=${value}`);
  const file = join(home, 'etcd.yaml');
  const all = [...entries, ['SnapshotCatchUpEntries', catchUpEntries] as const];
  writeFileSync(file, all.map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`).join(''));
  return [`--config-file=${file}`];
}

/** How long a member may take until it answers its peers; after that the others are started all the same. */
const ANSWER_MS = 3_000;
const EVERY_MS = 5;

/** Waits until a member answers requests of its peers, has ended, or has taken too long. */
export async function answering(address: string, hasEnded: () => boolean): Promise<void> {
  const deadline = performance.now() + ANSWER_MS;
  while (performance.now() < deadline && !hasEnded()) {
    // Who listens and does not serve yet answers when it does.
    if (await answers(address, deadline - performance.now())) return;
    await sleep(EVERY_MS);
  }
}

function answers(address: string, withinMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request(`http://${address}/version`, { agent: false, timeout: withinMs }, (response) => {
      response.resume();
      resolve(true);
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
    asked.end();
  });
}
