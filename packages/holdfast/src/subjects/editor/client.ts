import type { Host, HostId, Program } from '@holdfast/world';
import type { EditorMessage } from './replica.ts';

/** A user asks again after this long without an answer: each edit has its own name, so that it is taken once. */
const AGAIN_US = 250_000;
const MOST_TRIES = 40;

interface Asked {
  readonly message: EditorMessage;
  readonly done: (edits: readonly number[] | undefined) => void;
  tries: number;
}

/** The users near one replica. */
export class EditorClient implements Program {
  private readonly host: Host;
  private readonly replica: HostId;
  private readonly open = new Map<number, Asked>();
  private last = 0;

  constructor(host: Host, replica: HostId) {
    this.host = host;
    this.replica = replica;
    host.setTimer(AGAIN_US, 'again');
  }

  /** Saves an edit, or opens a field; `done` hears what is shown then, or undefined when nobody answered. */
  ask(kind: 'save' | 'open', field: string, id: number, done: Asked['done']): void {
    const request = ++this.last;
    const message: EditorMessage = { kind, request, field, id };
    this.open.set(request, { message, done, tries: 1 });
    this.host.send(this.replica, message);
  }

  onMessage(_from: HostId, payload: unknown): void {
    const message = payload as EditorMessage;
    if (message.kind !== 'shown') return;
    const asked = this.open.get(message.request);
    this.open.delete(message.request);
    asked?.done(message.edits);
  }

  onTimer(): void {
    for (const [request, asked] of this.open) {
      if (++asked.tries > MOST_TRIES) {
        this.open.delete(request);
        asked.done(undefined);
      } else this.host.send(this.replica, asked.message);
    }
    this.host.setTimer(AGAIN_US, 'again');
  }
}
