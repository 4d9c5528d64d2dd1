import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ChaosJournal, readChaos, runChaos } from '@holdfast/live';
import { simulateChaos } from 'holdfast/node';
import { afterEach, describe, expect, it } from 'vitest';
import { SHOP_LOAD, shopService } from '../casebook/failure-patterns/experiment.ts';

const TEXT = readFileSync(new URL('../casebook/failure-patterns/orders.yaml', import.meta.url), 'utf8');
const ORDERS = readChaos(TEXT, 'orders.yaml');
const WORKERS = 20;

function keptOf({ metrics }: ChaosJournal): Record<string, boolean> {
  return Object.fromEntries(metrics.map(({ name, kept }) => [name, kept]));
}

const ALL_KEPT = { 'error rate': true, p99: true, 'order reads': true };

describe('a chaos file against a simulated service', () => {
  const run = (
    bulkhead: number | undefined,
    how: { seed?: number; text?: string; seconds?: number } = {},
  ) => {
    const { seed = 1, text = TEXT, seconds = 60 } = how;
    const vars = { seconds };
    return simulateChaos(readChaos(text, 'orders.yaml'), {
      service: shopService(bulkhead),
      load: SHOP_LOAD,
      seed,
      vars,
    });
  };

  it('S2.33 passes with a bulkhead, a minute in simulated time, with a verdict for each metric', async () => {
    const journal = await run(8);
    expect([journal.status, journal.deviated]).toEqual(['completed', false]);
    expect(keptOf(journal)).toEqual(ALL_KEPT);
    expect(journal.duration).toBeGreaterThan(60);
    expect(journal.run.map(({ status }) => status)).toEqual(['succeeded']);
    expect(journal.rollbacks.map(({ status }) => status)).toEqual(['succeeded']);
    expect(journal.metrics[0]?.samples).toBeGreaterThan(500);
  });

  it('S2.33 is run from the command line against the service of the file beside it', () => {
    const root = fileURLToPath(new URL('..', import.meta.url));
    const words = ['live', 'casebook/failure-patterns/orders.yaml', '--network', 'simulation'];
    const bin = join(root, 'packages/holdfast/bin/holdfast.js');
    const { status, stdout } = spawnSync(process.execPath, [bin, ...words], { cwd: root, encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^HOLDS {2}order reads survive a partition of payments: completed$/m);
    expect(stdout).toMatch(/kept +order reads: /);
  });

  it('gives equal journals for equal seeds', async () => {
    const [first, again, other] = [
      await run(8, { seconds: 3 }),
      await run(8, { seconds: 3 }),
      await run(8, { seconds: 3, seed: 2 }),
    ];
    expect(again).toEqual(first);
    expect(other.digest).not.toBe(first.digest);
  });

  it('S2.33 without it the service fails its metrics, and the rollback brings it back', async () => {
    const journal = await run(undefined, { seconds: 20 });
    expect([journal.status, journal.deviated]).toEqual(['failed', true]);
    expect(keptOf(journal)).toEqual({ 'error rate': false, p99: false, 'order reads': false });
    expect(journal.rollbacks.map(({ status }) => status)).toEqual(['succeeded']);
  });

  it('S2.33 without its steady state the method is not run, and the rollback is', async () => {
    const journal = await run(8, { text: TEXT.replace('tolerance: 200', 'tolerance: 418') });
    expect([journal.status, journal.run, journal.rollbacks.length]).toEqual(['failed', [], 1]);
  });

  it('says which activities need a real machine', async () => {
    const text = TEXT.replace(
      /provider: \{ type: http, method: POST.*heal' \}/,
      "provider: { type: process, path: 'true' }",
    );
    const journal = await run(8, { text, seconds: 1 });
    expect(journal.rollbacks[0]?.exception).toBe('Cannot run a process in a simulated world; ask over http');
  });
});

describe('the same file against a real service', () => {
  const servers: Server[] = [];
  const timers: NodeJS.Timeout[] = [];
  afterEach(() => {
    for (const timer of timers.splice(0)) clearInterval(timer);
    for (const server of servers.splice(0)) server.close();
  });

  /** Twenty workers; a checkout every few milliseconds holds one until payments answers, at most `bulkhead` of them at once. */
  async function shop(bulkhead: number): Promise<string> {
    let isCut = false;
    let stuck = 0;
    timers.push(
      setInterval(() => {
        if (isCut && stuck < Math.min(bulkhead, WORKERS)) stuck++;
        if (!isCut) stuck = 0;
      }, 2),
    );
    const server = createServer((request, response) => {
      if (request.url === '/faults') isCut = true;
      if (request.url === '/faults/heal') isCut = false;
      response.writeHead(request.url === '/browse' && stuck >= WORKERS ? 503 : 200).end('{}');
    });
    servers.push(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  it('S2.33 gives the same verdicts: kept with a bulkhead, missed without it', async () => {
    const good = await runChaos(ORDERS, { env: { BASE: await shop(8), SECONDS: '0.4' } });
    expect(good.status).toBe('completed');
    // How long an answer takes is this machine's own affair.
    expect(keptOf(good)).toMatchObject({ 'error rate': true, 'order reads': true });
    const bad = await runChaos(ORDERS, { env: { BASE: await shop(WORKERS), SECONDS: '0.4' } });
    expect([bad.deviated, keptOf(bad)['order reads']]).toEqual([true, false]);
    expect(bad.rollbacks.map(({ status }) => status)).toEqual(['succeeded']);
  });
});
