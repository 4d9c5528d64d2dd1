import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Choices, linkPolicy, type LinkPolicy, World } from '@holdfast/world';
import { Connection, type ConnectionPort, MAX_TIMEOUTS } from '../src/stream/connection.ts';
import type { Segment } from '../src/stream/segment.ts';

interface End {
  connection: Connection | undefined;
  text: string;
  readonly happened: string[];
}

/** Two hosts with one connection between them; `say` gives what each end writes before it ends. */
function talk(link: LinkPolicy, seed: number, say: readonly [string[], string[]], full: number): End[] {
  const world = new World({ choices: new Choices({ seed }), hosts: ['opener', 'other'], link });
  const ends: End[] = [0, 1].map(() => ({ connection: undefined, text: '', happened: [] }));
  [0, 1].forEach((id) =>
    world.start(id, (host) => {
      const end = ends[id] as End;
      let timer: ReturnType<typeof host.setTimer> | undefined;
      const port: ConnectionPort = {
        send: (segment) => host.send(1 - id, segment),
        setTimer(delayUs) {
          if (timer !== undefined) host.cancelTimer(timer);
          timer = delayUs === undefined ? undefined : host.setTimer(delayUs, 'again');
        },
        connected: () => end.happened.push('connected'),
        received(text) {
          end.text += text;
          if (end.text.length % full !== 0) return true;
          // Full for a while: the reader takes what there is 50 ms later.
          host.after(50_000, 'read', () => end.connection?.roomAgain());
          return false;
        },
        ended: () => end.happened.push('ended'),
        failed: (code) => end.happened.push(code),
        closed: () => end.happened.push('closed'),
      };
      const begin = (opens: boolean): void => {
        end.connection = new Connection(port, { source: id, target: 1 - id, connection: 7 }, opens);
        for (const text of say[id] as string[]) end.connection.write(text, () => undefined);
        end.connection.end();
      };
      if (id === 0) begin(true);
      return {
        onTimer: () => end.connection?.timeout(),
        onMessage(_from, payload) {
          if (end.connection === undefined) begin(false);
          end.connection?.receive(payload as Segment);
        },
      };
    }),
  );
  world.run(600_000_000);
  return ends;
}

describe('a stream over packets', () => {
  it('gives each end every byte of the other once and in order, whatever is lost, doubled and reordered', () => {
    const texts = fc.array(fc.string({ unit: 'binary-ascii', maxLength: 4_000, size: 'max' }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.nat(), texts, texts, fc.integer({ min: 1, max: 5 }), (seed, there, back, full) => {
        const link = linkPolicy({
          latency: { kind: 'uniform', minUs: 100, maxUs: 80_000 },
          loss: 0.2,
          duplicate: 0.2,
        });
        const [opener, other] = talk(link, seed, [there, back], full);
        expect(other?.text).toBe(there.join(''));
        expect(opener?.text).toBe(back.join(''));
        expect(opener?.happened).toEqual(['connected', 'ended', 'closed']);
        expect(other?.happened).toEqual(['ended', 'closed']);
      }),
      { seed: 31, numRuns: 120 },
    );
  });

  it('gives up on an end that never answers, after a bounded number of tries', () => {
    const dead = linkPolicy({ latency: { kind: 'constant', us: 1 }, loss: 1 });
    const [opener, other] = talk(dead, 1, [['x'], []], 1);
    expect([opener?.happened, other?.happened]).toEqual([['ETIMEDOUT'], []]);
    expect(MAX_TIMEOUTS).toBe(8);
  });
});
