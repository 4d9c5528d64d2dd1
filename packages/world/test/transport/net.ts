import {
  Choices,
  Endpoint,
  type LatencyModel,
  type LinkPolicy,
  linkPolicy,
  type Packet,
  packetBytes,
  packetHash,
  packetLabel,
  type StreamConnection,
  type StreamOptions,
  type TransportStack,
  World,
} from '../../src/index.ts';

/** Five milliseconds each way, exactly. */
export const ONE_WAY_US = 5_000;

export interface NetOptions {
  readonly hosts: readonly string[];
  readonly seed?: number | undefined;
  readonly link?: Partial<LinkPolicy> | undefined;
  readonly latency?: LatencyModel;
  readonly mangle?: ((payload: unknown) => unknown) | undefined;
}

export function net({ hosts, seed = 1, link = {}, latency, mangle }: NetOptions): World {
  return new World({
    choices: new Choices({ seed }),
    hosts,
    link: linkPolicy({ latency: latency ?? { kind: 'constant', us: ONE_WAY_US }, ...link }),
    sizeOf: (payload) => packetBytes(payload as Packet),
    hashOf: packetHash,
    messageLabel: packetLabel,
    mangle,
  });
}

/** A policy of its own for the packets from one host to another. */
export function only(world: World, from: number, to: number, changed: Partial<LinkPolicy>): () => void {
  return world.network.impose({
    covers: (a, b) => a === from && b === to,
    change: (policy) => ({ ...policy, ...changed }),
  });
}

/** What a connection has read so far, and how it went. */
export interface Sink {
  text: string;
  readonly pieces: string[];
  readonly heard: string[];
  connection: StreamConnection | undefined;
}

/** Accepts connections to port 80 and reads all that comes, at once or only when told. */
export function sink(stack: TransportStack, reads = true): Sink {
  const taken: Sink = { text: '', pieces: [], heard: [], connection: undefined };
  stack.listen(80, (listener) => {
    const connection = listener.accept();
    if (connection === undefined) return;
    taken.connection = connection;
    connection.events = {
      readable: () => {
        if (!reads) return;
        const piece = connection.read();
        taken.pieces.push(piece);
        taken.text += piece;
      },
      ended: () => connection.close(),
      closed: (why) => taken.heard.push(why),
    };
  });
  return taken;
}

/** Writes a text as fast as it is taken, and then closes. */
export function pour(connection: StreamConnection, text: string, closes = true): void {
  let at = 0;
  const more = (): void => {
    at += connection.write(text.slice(at, at + 1_000_000));
    if (at === text.length && closes) connection.close();
  };
  const { events } = connection;
  connection.events = { ...events, writable: more };
  more();
}

/** One transfer from `A` to `B`: what came, when the sender had it acknowledged, and how it ended. */
export interface Transfer {
  readonly world: World;
  readonly sender: StreamConnection;
  readonly taken: Sink;
  readonly why: readonly string[];
  /** When the last byte was read, from the start; -1 when it never was. */
  readonly doneUs: number;
}

export interface TransferOptions {
  readonly bytes: string;
  readonly knobs?: Partial<StreamOptions>;
  readonly receiver?: Partial<StreamOptions>;
  readonly link?: Partial<LinkPolicy>;
  readonly seed?: number;
  readonly seconds?: number;
  readonly mangle?: (payload: unknown) => unknown;
  readonly reads?: boolean;
}

export function transfer(options: TransferOptions): Transfer {
  const { bytes, knobs = {}, receiver = knobs, link, seed, seconds = 60, mangle, reads } = options;
  const world = net({ hosts: ['A', 'B'], seed, link, mangle });
  let taken: Sink | undefined;
  const b = new Endpoint(world, 1, (stack) => (taken = sink(stack, reads)), receiver);
  const a = new Endpoint(world, 0, undefined, knobs);
  const why: string[] = [];
  const sender = a.stack.connect(1, 80, { closed: (reason) => why.push(reason) });
  pour(sender, bytes);
  let doneUs = -1;
  world.observe(() => {
    if (doneUs < 0 && (taken?.text.length ?? 0) >= bytes.length) doneUs = world.nowUs;
  });
  world.run(seconds * 1_000_000);
  if (taken === undefined || b.stack === undefined) throw new Error('nobody listens');
  return { world, sender, taken, why, doneUs };
}
