import {
  ClientCall,
  connectPackets,
  Endpoint,
  type Flow,
  FramedMux,
  HTTP1_LIKE,
  HTTP2_LIKE,
  HTTP3_LIKE,
  listenPackets,
  type Mux,
  type MuxOptions,
  type Packet,
  Router,
  secure,
  type SecurityOptions,
  serve,
  type ServedCall,
  type StreamConnection,
  type StreamOptions,
  type TransportStack,
  type World,
} from '../../src/index.ts';
import { net } from '../transport/net.ts';

/** Like HTTP/1.1, 2 or 3. */
export type Kind = 'h1' | 'h2' | 'h3';

const OPTIONS: Readonly<Record<Kind, MuxOptions>> = { h1: HTTP1_LIKE, h2: HTTP2_LIKE, h3: HTTP3_LIKE };

export interface RpcNet {
  readonly world: World;
  readonly client: Endpoint;
  readonly server: Endpoint;
  /** A new connection; made of packets it is secure already. */
  connect(security?: SecurityOptions | null, ready?: (mux: Mux) => void, resumes?: boolean): void;
  /** Loses the `count`-th packet from the server from now on that carries more than an acknowledgement. */
  lose(count: number): void;
  /** Nothing comes from the client any more. */
  cut(): void;
}

export interface RpcOptions {
  readonly kind: Kind;
  readonly handle: (call: ServedCall) => void;
  readonly options?: Partial<MuxOptions>;
  readonly knobs?: Partial<StreamOptions>;
  readonly security?: SecurityOptions | null;
}

const carries = (packet: Packet): boolean =>
  packet.kind === 'segment' ? packet.data !== '' : packet.kind === 'datagram' && packet.bytes > 100;

/** A client and a server with a router between them, 5 ms from end to end. */
export function rpcNet({ kind, handle, options = {}, knobs = {}, security = null }: RpcOptions): RpcNet {
  const world = net({ hosts: ['client', 'router', 'server'], latency: { kind: 'constant', us: 2_500 } });
  const mux: MuxOptions = { ...OPTIONS[kind], ...options };
  let toLose = 0;
  let isCut = false;
  world.start(1, (host) => {
    const router = new Router(host);
    return {
      onMessage: (from, payload) => {
        const packet = payload as Packet;
        if (isCut && packet.src === 0) return;
        if (packet.src === 2 && carries(packet) && toLose > 0 && --toLose === 0) return;
        router.onMessage(from, payload);
      },
      onTimer: () => undefined,
    };
  });
  const place = { nextHop: (): number => 1 };
  const listens = (stack: TransportStack): void => {
    if (kind === 'h3') listenPackets(stack, 443, mux, (each) => serve(stack.host, each, handle));
    else
      stack.listen(443, (listener) => {
        const connection = listener.accept() as StreamConnection;
        const begin = (): void => serve(stack.host, new FramedMux(connection, false, mux), handle);
        if (security === null) begin();
        else secure(connection, false, security, begin);
      });
  };
  const server = new Endpoint(world, 2, listens, knobs, place);
  const client = new Endpoint(world, 0, undefined, knobs, place);
  let port = 5_000;
  return {
    world,
    client,
    server,
    connect: (words = security, ready = () => undefined, resumes = false) => {
      if (kind === 'h3') {
        const flow: Flow = { src: 0, dst: 2, srcPort: port++, dstPort: 443 };
        ready(connectPackets(client.stack, flow, mux, { resumes }));
        return;
      }
      const connection = client.stack.connect(2, 443);
      if (words === null) ready(new FramedMux(connection, true, mux));
      else secure(connection, true, words, (owed) => ready(new FramedMux(connection, true, mux, owed)));
    },
    lose: (count) => {
      toLose = count;
    },
    cut: () => {
      isCut = true;
    },
  };
}

/** A call whose answer is read as it comes. */
export function ask(rpc: RpcNet, mux: Mux, method: string, withinUs = 30_000_000): ClientCall {
  const call: ClientCall = new ClientCall(
    rpc.client.stack.host,
    mux,
    { method, body: 'x'.repeat(200), withinUs },
    { readable: () => void call.read() },
  );
  return call;
}
