import type { Plain } from '@holdfast/plain';
import { Choices, type Host, linkPolicy, World } from '@holdfast/world';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Body } from '../../src/node/maelstrom/protocol.ts';
import { SERVICES, service } from '../../src/node/maelstrom/services.ts';
import { neighbours, TOPOLOGIES } from '../../src/node/maelstrom/topology.ts';

/** Asks a service one request after the other; requests come from one of two nodes. */
function asked(
  name: (typeof SERVICES)[number],
  seed: number,
  requests: readonly (readonly [from: number, body: Body])[],
): Body[] {
  const answers: Body[] = [];
  const world = new World({
    choices: new Choices({ seed }),
    hosts: ['n1', 'n2', name],
    link: linkPolicy({ latency: { kind: 'constant', us: 0 } }),
  });
  for (const id of [0, 1])
    world.start(id, () => ({
      onMessage: (_from, payload) => void answers.push(payload as Body),
      onTimer: () => undefined,
    }));
  world.start(2, (host: Host) => service(name, host));
  for (const [i, [from, body]] of requests.entries()) {
    world.host(from).send(2, { ...body, msg_id: i }, 0);
    world.run(world.nowUs + 10);
  }
  return answers;
}

const read = (key: string): Body => ({ type: 'read', key });
const write = (key: string, value: Plain): Body => ({ type: 'write', key, value });
const cas = (from: Plain, to: Plain, more: Partial<Body> = {}): Body => ({
  type: 'cas',
  key: 'x',
  from,
  to,
  ...more,
});

describe('services that nodes may ask', () => {
  it('lin-kv keeps values, compares, and makes keys only when told to', () => {
    const answers = asked('lin-kv', 1, [
      [0, read('x')],
      [0, cas(1, 2)],
      [0, cas(1, 2, { create_if_not_exists: true })],
      [1, read('x')],
      [1, cas(1, 3)],
      [1, cas(2, 3)],
      [0, read('x')],
      [0, { type: 'explode', key: 'x' }],
      [0, { type: 'read' }],
    ]);
    expect(answers.map(({ type, value, code }) => [type, value ?? code])).toEqual([
      ['error', 20],
      ['error', 20],
      ['cas_ok', undefined],
      ['read_ok', 2],
      ['error', 22],
      ['cas_ok', undefined],
      ['read_ok', 3],
      ['error', 10],
      ['error', 12],
    ]);
    expect(answers.map(({ in_reply_to }) => in_reply_to)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('lin-tso counts', () => {
    const answers = asked('lin-tso', 1, [
      [0, { type: 'ts' }],
      [1, { type: 'ts' }],
      [0, { type: 'ts' }],
    ]);
    expect(answers.map(({ ts }) => ts)).toEqual([0, 1, 2]);
  });

  it('seq-kv never shows a client an older state than it has seen, and shows others old ones', () => {
    let isOld = false;
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000 }),
        fc.array(fc.constantFrom(0, 1), { maxLength: 40 }),
        (seed, who) => {
          let next = 0;
          const requests = who.flatMap((from): (readonly [number, Body])[] => [
            ...(from === 0 ? [[0, write('x', next++)] as const] : []),
            [from, read('x')] as const,
          ]);
          const answers = asked('seq-kv', seed, [[0, write('x', -1)], ...requests]).slice(1);
          const seen = [-2, -2];
          let newest = -1;
          for (const [i, [from, body]] of requests.entries()) {
            if (body.type === 'write') {
              newest = body['value'] as number;
              seen[from] = newest;
              continue;
            }
            const value = answers[i]?.type === 'error' ? -2 : (answers[i]?.['value'] as number);
            expect(value).toBeGreaterThanOrEqual(seen[from] ?? -2);
            if (value < newest) isOld = true;
            seen[from] = value;
          }
        },
      ),
      { numRuns: 40, seed: 3 },
    );
    expect(isOld).toBe(true);
  });

  it('lww-kv shows old values for a while, and the last one in the end', () => {
    const requests: (readonly [number, Body])[] = [
      [0, write('x', 1)],
      [0, write('x', 2)],
    ];
    for (let i = 0; i < 200; i++) requests.push([1, read('x')]);
    const values = asked('lww-kv', 5, requests)
      .slice(2)
      .map(({ value }) => value);
    expect(new Set(values).size).toBeGreaterThan(1);
    expect(new Set(values.slice(-20))).toEqual(new Set([2]));
  });
});

describe('topologies', () => {
  it.each(TOPOLOGIES)('%s connects every node with every other, both ways', (topology) => {
    for (const count of [1, 2, 5, 9, 12]) {
      const nodes = Array.from({ length: count }, (_, i) => `n${i}`);
      const links = neighbours(nodes, topology);
      for (const [node, others] of Object.entries(links))
        for (const other of others) expect(links[other]).toContain(node);
      const reached = new Set(['n0']);
      for (const node of reached) for (const other of links[node] ?? []) reached.add(other);
      expect(reached.size).toBe(count);
    }
  });

  it('refuses a name there is not', () => {
    expect(() => neighbours(['n0'], 'ring')).toThrow(/one of grid, line/);
  });
});
