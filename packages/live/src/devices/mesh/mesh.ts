import { createServer, type Server, type Socket } from 'node:net';
import type { Pair } from '../../faults/pairs.ts';
import { portOf } from '../../processes/ports.ts';
import { etcdMemberId } from '../../subjects/etcd/memberId.ts';
import type { LinkChange, LinkDevice } from '../links.ts';
import { serve } from './connection.ts';
import { Link, type MessageQuery, type SeenMessage } from './link.ts';
import { LINK_CODE } from './messageHead.ts';
import { SeenLog } from './seenLog.ts';

/**
 * Stands between the members of an etcd cluster and understands what they say to each other: one proxy per member, which the others are
 * told is the member's own address. Per direction it holds, releases, drops and cuts, message by message. Everything is on loopback and
 * ends with this process, so there is nothing to undo.
 */
export class EtcdMesh implements LinkDevice {
  readonly name = 'mesh';
  readonly changes: ReadonlySet<LinkChange['kind']> = new Set<LinkChange['kind']>();
  private readonly log = new SeenLog();
  private readonly token: string;
  private readonly servers: Server[] = [];
  private readonly ids: bigint[] = [];
  private readonly table = new Map<string, Link>();
  private readonly sockets = new Set<Socket>();
  /** When its time began, by the clock of `performance`. */
  readonly startMs: number = performance.now();

  /** `token` is the cluster's, which ids depend on. */
  constructor(token: string) {
    this.token = token;
  }

  /** What was seen, in order. */
  get seen(): readonly SeenMessage[] {
    return this.log.all();
  }

  /** Puts a proxy before a member's peer address; returns the address its peers shall use. */
  async proxy(place: number, address: string): Promise<string> {
    const [host = '', port = ''] = address.split(':');
    const server = createServer((socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
      serve(socket, {
        target: { host, port: Number(port) },
        place,
        placeOf: (id) => this.placeOf(id),
        idOf: (one) => this.ids[one] ?? 0n,
        links: (from) => ({ there: this.link(from, place), back: this.link(place, from) }),
        passing: (to, head, bytes) => {
          if (head.code !== LINK_CODE) this.log.addPassing(head, bytes, place, to, this.nowMs());
        },
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    this.servers.push(server);
    const advertised = `127.0.0.1:${portOf(server)}`;
    this.ids[place] = etcdMemberId(`http://${advertised}`, this.token);
    return advertised;
  }

  /** One direction between two members. */
  link(from: number, to: number): Link {
    const key = `${from} ${to}`;
    let link = this.table.get(key);
    if (link === undefined) {
      const nowMs = (): number => this.nowMs();
      link = new Link((message) => this.log.add(message, from, to, nowMs()), nowMs);
      this.table.set(key, link);
    }
    return link;
  }

  /** The nth message (from 1) seen on a link that fits. */
  find(from: number, to: number, query: MessageQuery, nth = 1): SeenMessage | undefined {
    return this.log.find(from, to, query, nth);
  }

  /** Nothing passes on these pairs until the returned function is called; then what waited passes, as TCP would send it again. */
  cut(pairs: readonly Pair[]): () => void {
    const undos = pairs.map(([from, to]) => this.link(from, to).cut());
    return () => {
      for (const undo of undos) undo();
    };
  }

  /** The mesh does nothing to packets by chance: messages are dropped by name. */
  change(): () => void {
    throw new TypeError('the mesh does nothing by chance');
  }

  /** Ends all holds. */
  releaseAll(): void {
    for (const link of this.table.values()) link.release();
  }

  /** Closes the proxies and all that goes through them. */
  close(): void {
    for (const server of this.servers) server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  /** Milliseconds since it began. */
  private nowMs(): number {
    return performance.now() - this.startMs;
  }

  private placeOf(id: string): number | undefined {
    const place = this.ids.findIndex((one) => one.toString(16) === id);
    return place < 0 ? undefined : place;
  }
}
