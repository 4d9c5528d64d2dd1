import { createServer } from 'node:net';

/** Below the ports that systems give out by themselves, so that nobody takes one while it is left for a moment. */
const FIRST = 20_000;
const COUNT = 10_000;

let next = process.pid % COUNT;

/** A loopback port that stays free until it is listened on, also between two listeners of the same test. */
export async function calmPort(): Promise<number> {
  for (let tries = 0; tries < COUNT; tries++) {
    const port = FIRST + (next++ % COUNT);
    const isFree = await new Promise<boolean>((done) => {
      const server = createServer();
      server.once('error', () => done(false));
      server.listen(port, '127.0.0.1', () => server.close(() => done(true)));
    });
    if (isFree) return port;
  }
  throw new Error(`Cannot find a free port as all ${COUNT} from ${FIRST} on are taken`);
}
