import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';

/** Where ports begin that servers of runs listen on. */
const FIRST = 10_000;
/** Where those begin that the system gives to connections, unless it says otherwise. */
const EPHEMERAL = 32_768;
/** Ports between the first tries of processes whose numbers are neighbours. */
const STRIDE = 97;
const TRIES = 2_000;

/** How many ports this process has tried: one that was given is not given again soon, whether or not its server has begun to listen. */
let tried = 0;

/**
 * Numbers of ports that nobody uses on this address now, and that no connection is given either: one that begins before a server does, or while it is down, must not
 * have its port. All are held open until all are found, so they differ.
 */
export async function freePorts(count: number, host = '127.0.0.1'): Promise<number[]> {
  const servers: Server[] = [];
  try {
    for (let i = 0; i < count; i++) servers.push(await listening(host));
    return servers.map((server) => portOf(server));
  } finally {
    await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  }
}

/** The port a server listens on. */
export function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function listening(host: string): Promise<Server> {
  const span = ephemeralBegin() - FIRST;
  for (let i = 0; i < TRIES && span > 0; i++) {
    const port = FIRST + ((process.pid * STRIDE + tried++) % span);
    const server = await listeningAt(host, port).catch(() => undefined);
    if (server !== undefined) return server;
  }
  return listeningAt(host, 0);
}

function listeningAt(host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, host, () => resolve(server));
  });
}

function ephemeralBegin(): number {
  try {
    const [begin] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/);
    return Number(begin) > 0 ? Number(begin) : EPHEMERAL;
  } catch {
    return EPHEMERAL;
  }
}
