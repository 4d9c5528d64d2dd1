import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { familiesDocument, measureFamilies } from './families.ts';

const DOCUMENT = new URL('../../../../docs/consensus.md', import.meta.url);

describe('the families of consensus', () => {
  it('S1.72 are compared by one workload, as docs/consensus.md says', () => {
    const rows = measureFamilies();
    const text = familiesDocument(rows);
    if (process.env['HOLDFAST_REWRITE'] === '1') writeFileSync(DOCUMENT, text);
    expect(text).toBe(readFileSync(DOCUMENT, 'utf8'));
    const of = (name: string): (typeof rows)[number] => {
      const row = rows.find((other) => other.name === name);
      if (row === undefined) expect.fail(`${name} is not compared`);
      return row;
    };
    for (const name of ['Raft', 'Multi-Paxos', 'Zab', 'Viewstamped Replication', 'EPaxos']) {
      expect(of(name)).toMatchObject({ nodes: 5, delays: 2 });
    }
    expect(of('PBFT').delays).toBeGreaterThan(2);
    expect(of('PBFT').messages).toBeGreaterThan(of('Raft').messages);
    expect(of('EPaxos').timeouts, 'nobody leads').toBe(0);
    expect(of('Raft').timeouts).toBeGreaterThan(0);
  });
});
