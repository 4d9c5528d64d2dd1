import type { Plain } from '@holdfast/plain';
import type { Host, HostId, Program, TimerHandle } from '@holdfast/world';
import { CLIENT_CHANNEL, type ClientWords } from './client.ts';
import type { SketchEffect, SketchMessage, SketchNode, SketchProgram } from './options.ts';

/** What nodes talk on. */
const NODE_CHANNEL = 0;

/** A message with the size it was given. */
export interface Sized {
  readonly message: SketchMessage;
  readonly bytes: number;
}

const USUAL_BYTES = 256;

/** What a run counts and keeps of its nodes. */
export interface SketchLedger {
  readonly effects: SketchEffect[];
  messages: number;
  bytes: number;
}

/** A program of a sketch on its host. */
export class SketchHost implements Program, SketchNode {
  readonly index: number;
  readonly name: string;
  readonly kept: Record<string, unknown>;
  private readonly host: Host;
  private readonly ledger: SketchLedger;
  private readonly timers = new Map<string, TimerHandle>();
  private readonly program: SketchProgram;

  constructor(
    host: Host,
    kept: Record<string, unknown>,
    ledger: SketchLedger,
    program: (node: SketchNode) => SketchProgram,
  ) {
    this.host = host;
    this.index = host.id;
    this.name = host.name;
    this.kept = kept;
    this.ledger = ledger;
    this.program = program(this);
  }

  onMessage(from: HostId, payload: unknown, channel: number): void {
    if (channel === NODE_CHANNEL) {
      this.program.message?.(from, { key: '', ...(payload as Sized).message });
      return;
    }
    const words = payload as ClientWords;
    if (words.type !== 'ask') return;
    const { id } = words.request;
    const { incarnation } = this.host;
    this.program.request?.(words.request, (answer) => {
      if (this.host.incarnation !== incarnation) return;
      this.host.send(from, { type: 'answer', id, ...answer } satisfies ClientWords, CLIENT_CHANNEL);
    });
  }

  onTimer(timer: unknown): void {
    const name = String(timer);
    this.timers.delete(name);
    this.program.timer?.(name);
  }

  onRefused(to: HostId, payload: unknown): void {
    if ('message' in (payload as object)) this.program.refused?.(to, (payload as Sized).message);
  }

  send(to: number, message: SketchMessage, bytes: number = USUAL_BYTES): void {
    this.ledger.messages++;
    this.ledger.bytes += bytes;
    this.host.send(to, { message, bytes } satisfies Sized, NODE_CHANNEL);
  }

  timer(name: string, ms: number): void {
    this.stop(name);
    this.timers.set(name, this.host.setTimer(Math.round(ms * 1_000), name));
  }

  stop(name: string): void {
    const armed = this.timers.get(name);
    if (armed === undefined) return;
    this.host.cancelTimer(armed);
    this.timers.delete(name);
  }

  wallMs(): number {
    return this.host.wallUs() / 1_000;
  }

  upMs(): number {
    return this.host.monotonicUs() / 1_000;
  }

  draw(among: number, label: string): number {
    return this.host.choices.below(among, label);
  }

  show(view: Readonly<Record<string, Plain>>): void {
    const { world, id } = this.host;
    world.note(id, 'state', this.name, { cause: world.currentEvent, data: view as Plain });
  }

  effect(what: string, key: string, data: Plain = null): void {
    const { world, id } = this.host;
    const event = world.note(id, 'note', `${what} ${key}`, { cause: world.currentEvent, data });
    this.ledger.effects.push({ atUs: world.nowUs, node: id, what, key, data, event });
  }
}
