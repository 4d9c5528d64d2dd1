import { Endpoint, numbered, Router, type StreamConnection, type StreamOptions } from '../../src/index.ts';
import { net, only } from './net.ts';

const BLOCK = 262_144;
const ROUNDS = 2;
const CLIENT = 0;
const SWITCH = 1;

/**
 * A client asks as many servers as there are for equal parts of a block, waits for all, and asks for the next block. All parts leave a switch by one
 * port of 1 Gbit/s with room for 64 kB. Goodput in Mbit/s.
 */
export function incast(senders: number, knobs: Partial<StreamOptions>): number {
  const hosts = ['client', 'switch', ...Array.from({ length: senders }, (_, i) => `server-${i + 1}`)];
  const world = net({
    hosts,
    latency: { kind: 'constant', us: 20 },
    link: { bitsPerSecond: 1_000_000_000 },
  });
  only(world, SWITCH, CLIENT, { bitsPerSecond: 1_000_000_000, maxQueueUs: 512 });
  world.start(SWITCH, (host) => new Router(host));
  const place = { nextHop: (): number => SWITCH };
  const part = numbered(Math.ceil(BLOCK / senders));
  for (let id = 2; id < hosts.length; id++) {
    new Endpoint(
      world,
      id,
      (stack) =>
        stack.listen(80, (listener) => {
          const connection = listener.accept() as StreamConnection;
          let owed = '';
          const more = (): void => {
            owed = owed.slice(connection.write(owed));
          };
          connection.events = {
            readable: () => {
              owed += part.repeat(connection.read().length);
              more();
            },
            writable: more,
          };
        }),
      { ...knobs, sendBufferBytes: BLOCK },
      place,
    );
  }
  const client = new Endpoint(world, CLIENT, undefined, { receiveBufferBytes: 32_768, ...knobs }, place);
  const connections: StreamConnection[] = [];
  let got = 0;
  let rounds = 0;
  let doneUs = 0;
  const ask = (): void => connections.forEach((connection) => connection.write('?'));
  for (let id = 2; id < hosts.length; id++) {
    const connection = client.stack.connect(id, 80, {
      opened: () => {
        if (connections.every(({ state }) => state === 'established') && connections.length === senders)
          ask();
      },
      readable: () => {
        got += connection.read().length;
        if (got < part.length * senders) return;
        got = 0;
        doneUs = world.nowUs;
        if (++rounds < ROUNDS) ask();
      },
    });
    connections.push(connection);
  }
  world.run(30_000_000);
  return rounds === 0 ? 0 : (rounds * part.length * senders * 8) / doneUs;
}
