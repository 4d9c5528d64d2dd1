import type { Host, HostId, Program } from '@holdfast/world';
import { type Body, type Envelope, errorWords, readEnvelope } from './protocol.ts';

/** What a node is told of itself at its start, and who hears of it. */
export interface NodeWiring {
  readonly names: readonly string[];
  readonly nodes: readonly string[];
  /** The host of a name. */
  readonly hostOf: (name: string) => HostId | undefined;
  /** Hands a line to the process. */
  readonly write: (line: string) => void;
  readonly channelTo: (host: HostId) => number;
  /** It has answered its first message. */
  readonly ready: () => void;
  /** A message to nobody. */
  readonly lost: (dest: string) => void;
  /** What it did makes no sense. */
  readonly failed: (why: string) => void;
  /** It has sent a message that is not for a client. */
  readonly sent: () => void;
}

/** The sender of the first message, which no answer to it reaches. */
const STARTER = 'c0';
const INIT = 0;

/** A program behind standard input and output, as a program of a host: what arrives is written, what it prints is sent. */
export class StdioNode implements Program {
  private readonly host: Host;
  private readonly wiring: NodeWiring;
  private deliveries = 0;
  private isReady = false;

  constructor(host: Host, wiring: NodeWiring) {
    this.host = host;
    this.wiring = wiring;
    const body: Body = { type: 'init', msg_id: INIT, node_id: host.name, node_ids: [...wiring.nodes] };
    this.write(STARTER, body);
  }

  onMessage(from: HostId, payload: unknown): void {
    this.write(this.wiring.names[from] ?? '', payload as Body);
  }

  onTimer(): void {
    // Its timers are its own.
  }

  /** The process has printed a line. */
  said(line: string): void {
    if (line.trim() === '') return;
    const { host, wiring } = this;
    const envelope = readEnvelope(line);
    if (typeof envelope === 'string') {
      wiring.failed(`${host.name} printed what is no message, as ${envelope}: ${line.slice(0, 200)}`);
      return;
    }
    if (!this.isReady && envelope.dest === STARTER && envelope.body.in_reply_to === INIT) {
      this.started(envelope.body);
      return;
    }
    const to = wiring.hostOf(envelope.dest);
    if (to === undefined) {
      wiring.lost(envelope.dest);
      return;
    }
    const channel = wiring.channelTo(to);
    if (channel === 0) wiring.sent();
    host.send(to, envelope.body, channel);
  }

  private started(body: Body): void {
    const { wiring, host } = this;
    if (body.type === 'init_ok') {
      this.isReady = true;
      wiring.ready();
      return;
    }
    const what = body.type === 'error' ? errorWords(body) : `'${body.type}'`;
    wiring.failed(`${host.name} answered 'init' with ${what} and not with 'init_ok'`);
  }

  private write(src: string, body: Body): void {
    const envelope: Envelope = { id: ++this.deliveries, src, dest: this.host.name, body };
    this.wiring.write(JSON.stringify(envelope));
  }
}
