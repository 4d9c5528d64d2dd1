// Runs programs in a process of their own and prints what came of it as JSON. What to run is the first argument.
import { setTimeout } from 'node:timers/promises';
import { linkPolicy } from '@holdfast/world';
import { canDrain, type ProgramOutcome, type ProgramRun, runPrograms } from '@holdfast/programs';
import { alone, shop } from './shop.ts';

const crashes = ({ trace }: ProgramOutcome): string[] =>
  trace.events.filter((e) => e.kind === 'crash').map((e) => e.label);

async function show(run: ProgramRun): Promise<object> {
  const outcome = await runPrograms(run);
  return { output: outcome.output['server'], crashes: crashes(outcome), escapes: outcome.escapes };
}

const KINDS: Record<string, (argument: string) => Promise<unknown>> = {
  /** Each of so many seeds: digest, whether a second run gave the same, and how the client ended. */
  async seeds(count) {
    const rows: object[] = [];
    for (let seed = 0; seed < Number(count); seed++) {
      const first = await runPrograms({ ...shop(seed), audit: seed === 0 });
      const second = await runPrograms(shop(seed));
      rows.push({
        digest: first.digest,
        again: second.digest,
        client: first.output['client'],
        starts: first.output['server']?.filter((line) => line.startsWith('shop listens')).length,
        lost: first.trace.events.filter((e) => e.kind === 'drop' && e.label.endsWith(': loss')).length,
        escapes: first.escapes,
      });
    }
    return rows;
  },
  async digests(count) {
    const digests: string[] = [];
    for (let seed = 0; seed < Number(count); seed++) digests.push((await runPrograms(shop(seed))).digest);
    return digests;
  },
  async fallback(count) {
    const pairs: string[][] = [];
    for (let seed = 0; seed < Number(count); seed++) {
      const turns = await runPrograms({ ...shop(seed), draining: 'turn-per-event' });
      pairs.push([turns.digest, (await runPrograms(shop(seed))).digest]);
    }
    return pairs;
  },
  alone: (file) => show({ ...alone(file), audit: true }),
  async failing() {
    const shown: Record<string, object> = {};
    for (const way of ['timer', 'tick', 'reaction', 'rejection', 'boot']) {
      shown[way] = await show({ ...alone('failing.js', way), audit: true });
    }
    return shown;
  },
  /** The clock of the second program is an hour ahead, and both draw their own randomness. */
  async clocks() {
    const run = alone('clocks.js');
    const { programs } = run;
    const faults = [
      { id: 0, kind: 'clock-step', host: 'other', amount: 3_600_000_000, atUs: 500_000, forUs: 0 },
    ] as const;
    const two = { ...programs, other: programs['server'] as NonNullable<(typeof programs)['server']> };
    return (await runPrograms({ ...run, programs: two, faults })).output;
  },
  /** A link that refuses, and one that swallows everything. */
  async unreachable() {
    const texts: (string | undefined)[] = [];
    for (const answer of ['refuse', 'swallow'] as const) {
      const link = linkPolicy({ latency: { kind: 'constant', us: 500 }, answer });
      texts.push((await runPrograms({ ...shop(0), link, faults: [] })).output['client']?.[0]);
    }
    return texts;
  },
  async misuse() {
    const slow = { ...alone('clocks.js'), draining: 'turn-per-event' } as const;
    const both = await Promise.allSettled([runPrograms(slow), runPrograms(slow)]);
    const faults = [{ id: 0, kind: 'crash', host: 'nobody', atUs: 0, forUs: 1 }] as const;
    const unknown = await runPrograms({ ...alone('clocks.js'), faults }).catch((error: unknown) =>
      String(error),
    );
    return [both.map((r) => r.status), unknown, canDrainInReaction()];
  },
};

/** Here, inside a reaction, nothing can be drained: the probe has to say so. */
function canDrainInReaction(): boolean {
  return canDrain();
}

const resources = (): string[] => process.getActiveResourcesInfo().toSorted((a, b) => (a < b ? -1 : 1));

/** Requests of the TypeScript loader that are under way end by themselves; what programs leave behind does not. */
async function settled(first: readonly string[]): Promise<string[]> {
  const many = (names: readonly string[], name: string): number => names.filter((n) => n === name).length;
  const isNew = (name: string): boolean => many(resources(), name) > many(first, name);
  for (let turn = 0; turn < PATIENCE_TURNS && resources().some(isNew); turn++) await setTimeout(TURN_MS);
  return resources();
}

const PATIENCE_TURNS = 300;
const TURN_MS = 10;

const before = resources();
const listeners = process.listenerCount('uncaughtException');
const result = await KINDS[process.argv[2] ?? '']?.(process.argv[3] ?? '');
const after = await settled(before);
const left = {
  resources: [before, after],
  listeners: process.listenerCount('uncaughtException') - listeners,
};
console.log(JSON.stringify({ result, left }));
