import type { Host, HostId, World } from '@holdfast/world';
import type { RunningSubject, Subject, SubjectContext } from 'holdfast';
import { CLIENTS, PEERS } from '../../src/simulate/coreProgram.ts';

/** One message as it is about to leave. */
export interface Outgoing {
  /** Counted from 0 over all hosts. */
  readonly number: number;
  readonly from: Host;
  readonly to: HostId;
  readonly payload: unknown;
}

/** What somebody who holds the whole system in hand may do. */
export interface Hands {
  readonly world: World;
  readonly running: RunningSubject;
  readonly servers: readonly HostId[];
  /** Sends a message as if `from` had sent it now; it is not shown to `onSend` again. */
  send(from: Host, to: HostId, payload: unknown): void;
}

/** What to do to a system from outside: the faults a schedule cannot name. */
export interface Tampering {
  /** Called once, when everything has started. */
  readonly begin?: (hands: Hands) => void;
  /** Called after each event on a server, with its number from 0. */
  readonly onEvent?: (hands: Hands, host: Host, number: number) => void;
  /** Called for each message; false keeps it from leaving. */
  readonly onSend?: (hands: Hands, message: Outgoing) => boolean;
}

/** The subject, tampered with. */
export function tampered(subject: Subject, tampering: Tampering): Subject {
  return { ...subject, start: (context) => start(subject, context, tampering) };
}

function start(subject: Subject, context: SubjectContext, tampering: Tampering): RunningSubject {
  const { world, servers } = context;
  const running = subject.start(context);
  let own = false;
  let sent = 0;
  let handled = 0;
  const hands: Hands = {
    world,
    running,
    servers,
    send: (from, to, payload) => {
      own = true;
      // Raft's own messages have a type; what clients and servers say has a kind.
      const channel = typeof payload === 'object' && payload !== null && 'type' in payload ? PEERS : CLIENTS;
      if (from.up) from.send(to, payload, channel);
      own = false;
    },
  };
  const { onSend, onEvent } = tampering;
  if (onSend !== undefined) {
    for (const host of world.hosts) {
      host.rewrite = (to, payload) => {
        if (own) return [payload];
        return onSend(hands, { number: sent++, from: host, to, payload }) ? [payload] : [];
      };
    }
  }
  if (onEvent !== undefined) {
    world.observe((host) => {
      if (servers.includes(host.id)) onEvent(hands, host, handled++);
    });
  }
  tampering.begin?.(hands);
  return running;
}
