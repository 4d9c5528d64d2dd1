import type { Answer } from '@holdfast/live';
import type { Plain } from '@holdfast/plain';
import type { ClientMessage, RaftCommand, RaftResult } from '@holdfast/protocols';
import type { Host, HostId, Program } from '@holdfast/world';
import { CLIENTS } from '../../simulate/coreProgram.ts';

/** Pause before asking again where nobody led, or where the leader had changed. */
const AGAIN_US = 20_000;

/** After so long without a word the member has lost track of who leads, and asks itself again. */
const PATIENCE_US = 500_000;

/** What somebody asks of a member through its gateway. */
export interface GatewayCall {
  readonly command: RaftCommand;
  /** Reads change nothing: one that gets no answer certainly had no effect. */
  readonly isRead: boolean;
  /** Only the member itself may answer. */
  readonly stays: boolean;
  readonly deadlineUs: number;
  readonly done: (answer: Answer) => void;
}

interface Open extends GatewayCall {
  /** The attempt being waited for; earlier ones may still be answered, which says nothing new. */
  attempt: number;
  target: HostId;
  isOver: boolean;
}

type Call = ClientMessage<RaftCommand, RaftResult>;

/**
 * What stands at the door of a member and behaves as etcd does: it hands what clients ask to the member, and what only the leader can do to the leader, over
 * the network that members have. It asks again until the deadline of the call, under the same identity.
 */
export class Gateway implements Program {
  private readonly host: Host;
  private readonly member: HostId;
  private readonly calls = new Map<number, Open>();
  private attempts = 0;

  constructor(host: Host, member: HostId) {
    this.host = host;
    this.member = member;
  }

  /** Asks the member; `done` is called once. */
  ask(call: GatewayCall): void {
    const open: Open = { ...call, attempt: 0, target: this.member, isOver: false };
    const { host } = this;
    host.after(call.deadlineUs, 'deadline', () =>
      this.end(open, { outcome: call.isRead ? 'fail' : 'unknown', output: 'deadline exceeded' }),
    );
    // Nothing listens where the process does not run.
    if (host.world.host(this.member).up) this.send(open);
    else this.end(open, { outcome: 'fail', output: 'connection refused' });
  }

  onMessage(_from: HostId, payload: unknown): void {
    const message = payload as Call;
    const open = message.kind === 'answer' ? this.calls.get(message.attempt) : undefined;
    if (message.kind !== 'answer' || open === undefined) return;
    const { result } = message;
    this.calls.delete(message.attempt);
    if (result.ok) this.end(open, { outcome: 'ok', output: result.value as Plain });
    else if (result.error === 'stale-sequence' || result.error === 'unknown')
      this.end(open, { outcome: 'unknown', output: result.detail });
    else {
      const leader = result.error === 'not-leader' && !open.stays ? result.leader - 1 : -1;
      const isNews = leader >= 0 && leader !== open.target;
      open.target = isNews ? leader : this.member;
      if (isNews) this.send(open);
      else this.host.after(AGAIN_US, 'again', () => this.send(open));
    }
  }

  onTimer(): void {
    // Every timer is an action of its own.
  }

  private send(open: Open): void {
    if (open.isOver) return;
    const attempt = ++this.attempts;
    this.calls.delete(open.attempt);
    open.attempt = attempt;
    this.calls.set(attempt, open);
    const call: Call = { kind: 'call', attempt, command: open.command };
    this.host.send(open.stays ? this.member : open.target, call, CLIENTS);
    this.host.after(PATIENCE_US, 'patience', () => {
      if (open.attempt !== attempt || !this.calls.has(attempt)) return;
      open.target = this.member;
      this.send(open);
    });
  }

  private end(open: Open, answer: Answer): void {
    if (open.isOver) return;
    open.isOver = true;
    this.calls.delete(open.attempt);
    open.done(answer);
  }
}
