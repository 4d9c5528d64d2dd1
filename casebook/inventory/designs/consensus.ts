import {
  HostedCore,
  type Machine,
  type Plain,
  raft,
  type RaftCommand,
  type RaftMessage,
  type RaftResult,
  type RaftState,
  SketchCaller,
  type SketchNode,
} from 'holdfast';
import { AGAIN_MS, reservationOf, type Region, REGIONS, reserved, soldOut, STOCK } from '../market.ts';

/** Who has what: the state that all regions replicate. */
export type Taken = Record<string, string[]>;

interface Wanted {
  readonly good: string;
  readonly by: string;
}

/** The counter: a command takes one of a good, or answers that there is none. */
const counter: Machine<Taken> = {
  name: 'stock',
  init: () => ({}),
  apply: (taken, command) => {
    const { good, by } = command as unknown as Wanted;
    const all = (taken[good] ??= []);
    if (all.length >= STOCK) return false;
    all.push(by);
    return true;
  },
};

/** Regions are tens of milliseconds apart: elections must not be hastier than the network. */
const GROUP = raft(
  { voters: REGIONS.map((_, i) => i + 1), electionTimeoutMs: 400, heartbeatMs: 80 },
  counter as Machine,
);

/** Every reservation is an entry of a log that a majority of regions has. */
export function consensus(node: SketchNode): Region {
  const group = new HostedCore<RaftState, RaftMessage, RaftCommand, RaftResult>(node, GROUP);
  const caller = new SketchCaller(node, AGAIN_MS);
  const open = new Map<string, () => void>();
  let last = 0;
  // The state itself is never handed out: what the disk keeps is what the judge sees.
  const show = (): void => {
    node.kept['taken'] = group.state.machine as Plain;
  };
  const propose = ({ good, by }: Wanted, answer: (result: RaftResult) => void): void =>
    // A reservation has a session of its own, so that it is taken once however often it is asked for.
    group.request({ client: Number(by.slice(1)), sequence: 1, operation: { good, by } }, answer);
  const again = (run: () => void): void => {
    const name = `again/${++last}`;
    open.set(name, run);
    node.timer(name, AGAIN_MS);
  };
  const ask = (wanted: Wanted, done: (isTaken: boolean) => void): void =>
    propose(wanted, (result) => {
      if (result.ok) done(result.value === true);
      else if (result.leader === 0 || result.leader === node.index + 1) again(() => ask(wanted, done));
      else {
        const retry = { afterMs: AGAIN_MS, instead: () => ask(wanted, done) };
        const message = { type: 'reserve', key: wanted.good, by: wanted.by };
        caller.call(
          result.leader - 1,
          message,
          ({ isTaken }) => {
            if (isTaken === null) again(() => ask(wanted, done));
            else done(isTaken === true);
          },
          retry,
        );
      }
    });
  return {
    request: (request, answer) => {
      const wanted = { good: request.key, by: reservationOf(request) };
      ask(wanted, (isTaken) => {
        if (isTaken) node.effect('taken', wanted.good, wanted.by);
        answer(isTaken ? reserved : soldOut);
      });
    },
    message: (from, message) => {
      if (group.heard(from, message)) show();
      else if (!caller.heard(message) && message.type === 'reserve') {
        const call = message['call'] ?? '';
        const wanted = { good: message.key, by: message['by'] as string };
        propose(wanted, (result) =>
          node.send(from, { type: 'decided', call, isTaken: result.ok ? result.value === true : null }),
        );
      }
    },
    timer: (name) => {
      if (group.timer(name) || caller.timer(name)) return;
      open.get(name)?.();
      open.delete(name);
    },
  };
}
