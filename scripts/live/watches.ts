import assert from 'node:assert/strict';
import { loadsOf, readExperiment, SYSTEMS, type System } from '@holdfast/live';
import { expectRun, lacking, type LiveCheck } from './liveCheck.ts';

/** How watches of a system are played where not like this: three members, one of which crashes that does not lead, each asked by its own clients. */
interface Played {
  readonly members?: number;
  readonly host?: string;
  /** Where writes go. */
  readonly on?: string;
  readonly keys?: number;
  /** From when the member answers again until the end. */
  readonly settleMs?: number;
}

const PLAYED: Readonly<Record<string, Played>> = {
  // Replicas refuse writes.
  redis: { on: 'leader' },
  // Standbys of PostgreSQL 15 decode nothing.
  postgres: { members: 1, host: 'N1' },
  // Only what a key holds in the end is promised: most keys are written once.
  zookeeper: { keys: 2_000 },
  // A member that is back answers by way of the others, seconds before a consumer of its own delivers.
  nats: { settleMs: 8_000 },
};

function fileOf({ name }: System): string {
  const { members = 3, host = 'follower', on, keys = 3, settleMs = 1_500 } = PLAYED[name] ?? {};
  return `
format: holdfast-live/1
name: watch on ${name}
about: A watch that is opened anew behind what it delivered misses nothing while its member is down.
vars: { atomic: true }
subject: { system: ${name}, members: ${members} }
workload: { of: watch, ${on === undefined ? '' : `on: ${on}, `}keys: ${keys}, atomic: '\${atomic}', clients: 6, ratePerSecond: 150, deadlineMs: 1000 }
steps:
  - let: { X: ${host} }
  - wait: { ms: 500 }
  - strike: { kind: crash, host: X, as: crash }
  - wait: { ms: 800 }
  - heal: crash
  # It answers again, and its watch is open again a moment later; what is written behind that comes in any case.
  - read: { on: X, key: any, deadlineMs: 500, retryMs: 30000 }
  - wait: { ms: ${settleMs} }
checks: [{ watchesComplete: true }]
controls: [{ name: opened anew from the present, vars: { atomic: false }, expect: violated }]
`.trimStart();
}

/** Watches outlive the member they are opened at, or miss what happened meanwhile. */
export function watchChecks(): LiveCheck[] {
  return SYSTEMS.filter((system) => loadsOf(system).includes('watch')).map((system) => ({
    name: `watches of ${system.name} miss nothing through a crash, and the twin that watches anew from the present does`,
    skip: () => lacking(system.name),
    async run() {
      const file = readExperiment(fileOf(system), 'watch');
      await expectRun(file, { expect: 'holds' });
      const broken = await expectRun(file, { vars: { atomic: false }, expect: 'violated' });
      assert.match(broken.verdicts[0]?.reason ?? '', /was never delivered/);
    },
  }));
}
