import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { firstDivergence } from '../../src/record/divergence.ts';
import { Recorder } from '../../src/record/recorder.ts';
import { GOSSIP_NODES, gossip } from '../helpers/gossip.ts';
import { lab } from '../helpers/lab.ts';

const PRINT_DIGESTS = fileURLToPath(new URL('../helpers/printDigests.ts', import.meta.url));

describe('a run', () => {
  it('has the same digest whenever its seed is run, with a recorder and without', () => {
    for (let seed = 0; seed < 40; seed++) {
      const plain = gossip({ seed });
      const recorded = gossip({ seed, recorder: new Recorder() });
      const noted = gossip({ seed, onChoice: () => undefined });
      expect([recorded.digest.text(), noted.digest.text()]).toEqual([
        plain.digest.text(),
        plain.digest.text(),
      ]);
      expect(recorded.eventsHandled).toBe(plain.eventsHandled);
      expect(plain.eventsHandled).toBeGreaterThan(200);
    }
  });

  it('has another digest for every other seed', () => {
    const digests = Array.from({ length: 200 }, (_, seed) => gossip({ seed }).digest.text());
    expect(new Set(digests).size).toBe(200);
  });

  it('has the same digest in another process', () => {
    const args = ['--import', 'tsx', PRINT_DIGESTS, '100'];
    const other = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 50_000 });
    expect(other.stderr).toBe('');
    const here = Array.from({ length: 100 }, (_, seed) => gossip({ seed }).digest.text());
    expect(other.stdout.trim().split('\n')).toEqual(here);
  });

  it('has the same trace, event by event, whenever its seed is run', () => {
    const trace = () => {
      const recorder = new Recorder();
      const world = gossip({ seed: 3, recorder });
      return recorder.finish(GOSSIP_NODES, world.nowUs);
    };
    const [left, right] = [trace(), trace()];
    expect(firstDivergence(left, right)).toBeUndefined();
    expect(left.events.length).toBeGreaterThan(500);
    expect(left).toEqual(right);
  });
});

describe('a program that is not deterministic', () => {
  it('is caught by the digest, and the first event that differs is named with both sides', () => {
    // What a real program does without thinking: a counter that outlives the run.
    let sinceStart = 0;
    const leaky = () => {
      const recorder = new Recorder();
      const world = gossip({ seed: 6, recorder, extra: () => sinceStart++ });
      return { digest: world.digest.text(), trace: recorder.finish(GOSSIP_NODES, world.nowUs) };
    };
    const [first, second] = [leaky(), leaky()];
    expect(second.digest).not.toBe(first.digest);
    const divergence = firstDivergence(first.trace, second.trace);
    expect(divergence).toMatchObject({
      field: 'data.extra',
      left: { kind: 'send', data: { extra: 0 } },
      right: { kind: 'send' },
    });
    const { index, left } = divergence ?? { index: -1, left: undefined };
    const node = GOSSIP_NODES[left?.node ?? -1]?.name;
    expect(divergence?.text).toBe(
      `The runs differ first at event ${index} in data.extra: one has 'send message' at ${node} at ${left?.at} us, ` +
        `the other has 'send message' at ${node} at ${left?.at} us`,
    );
    expect(first.trace.events.slice(0, index)).toEqual(second.trace.events.slice(0, index));
  });

  it('is caught even where only the name of a timer or of a device differs', () => {
    const digest = (timer: string | number): string => {
      const { world } = lab({ behaviour: { boot: (host) => void host.setTimer(5, timer) } });
      world.run(10);
      return world.digest.text();
    };
    expect(new Set([digest('a'), digest('b'), digest(1), digest(2)]).size).toBe(4);
    const device = (label: string): string => {
      const { world } = lab({ behaviour: { boot: (host) => void host.after(5, label, () => undefined) } });
      world.run(10);
      return world.digest.text();
    };
    expect(device('sync')).not.toBe(device('read'));
  });
});
