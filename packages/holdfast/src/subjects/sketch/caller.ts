import type { HeardMessage, SketchMessage, SketchNode } from './options.ts';

/** When a call is given up, and what is done then: an answer that comes later is not heard. */
export interface GivingUp {
  readonly afterMs: number;
  readonly instead: () => void;
}

interface OpenCall {
  readonly to: number;
  readonly message: SketchMessage;
  readonly done: (answer: HeardMessage) => void;
  readonly givingUp: GivingUp | undefined;
}

const PREFIX = 'call/';

/**
 * Calls of one node to others. A call is sent again and again until it is answered, or once, and given up after a while. Each has a number that
 * no other call of the node has, also after a crash; whoever is called answers with the same `call`. Nothing of this survives a crash.
 */
export class SketchCaller {
  private readonly node: SketchNode;
  private readonly againMs: number;
  private readonly boot: number;
  private readonly open = new Map<string, OpenCall>();
  private calls = 0;

  constructor(node: SketchNode, againMs: number) {
    this.node = node;
    this.againMs = againMs;
    this.boot = Number(node.kept['boots'] ?? 0) + 1;
    node.kept['boots'] = this.boot;
  }

  /** Without `givingUp` it is repeated until there is an answer: the other side must bear that. */
  call(to: number, message: SketchMessage, done: (answer: HeardMessage) => void, givingUp?: GivingUp): void {
    const name = `${this.node.name}.${this.boot}.${++this.calls}`;
    this.open.set(name, { to, message, done, givingUp });
    this.send(name);
  }

  /** Whether a message was the answer to an open call, which is over then. */
  heard(message: HeardMessage): boolean {
    const name = message['call'] as string;
    const call = this.open.get(name);
    if (call === undefined) return false;
    this.open.delete(name);
    this.node.stop(PREFIX + name);
    call.done(message);
    return true;
  }

  /** Whether a timer was one of the caller's. */
  timer(timer: string): boolean {
    if (!timer.startsWith(PREFIX)) return false;
    const name = timer.slice(PREFIX.length);
    const call = this.open.get(name);
    if (call?.givingUp === undefined) this.send(name);
    else {
      this.open.delete(name);
      call.givingUp.instead();
    }
    return true;
  }

  private send(name: string): void {
    const call = this.open.get(name);
    if (call === undefined) return;
    this.node.send(call.to, { ...call.message, call: name });
    this.node.timer(PREFIX + name, call.givingUp?.afterMs ?? this.againMs);
  }
}
