import {
  type Core,
  kv,
  type Outbox,
  raft,
  type RaftCommand,
  type RaftMessage,
  type RaftResult,
  type RaftState,
} from 'holdfast';
import {
  type Belonging,
  type Command,
  type Machine,
  type Message,
  type Policy,
  type Result,
  SNAPSHOT_ENTRIES,
  type Snapshot,
  TIMES,
} from './model.ts';
import { fireAtDesk, hearAtDesk, newDesk } from './operator.ts';

type Out = Outbox<Message, Result>;
type Store = Core<RaftState, RaftMessage, RaftCommand, RaftResult>;

const STORES = new Map<string, Store>();

/** The consensus of a group of these voters: Raft, with a snapshot now and then. It keeps no state of its own. */
function store(voters: readonly number[]): Store {
  const known = STORES.get(voters.join());
  if (known !== undefined) return known;
  const keepEntries = SNAPSHOT_ENTRIES;
  const made = raft(
    { voters, electionTimeoutMs: 200, heartbeatMs: 50, snapshotEvery: SNAPSHOT_ENTRIES, keepEntries },
    kv,
  );
  STORES.set(voters.join(), made);
  return made;
}

/** Who the machines are. */
export interface Layout {
  readonly members: readonly number[];
  readonly spares: readonly number[];
  readonly operator: number;
  readonly policy: Policy;
  /** Whether a machine that comes back asks first whether its cluster is still the one. */
  readonly checks: boolean;
}

/** A cluster of Raft members with spares and an operator who acts when a quorum is lost. */
export function machines(layout: Layout): Core<Machine, Message, Command, Result> {
  return {
    name: 'etcd-like',
    boot: ({ self, records }, out) => boot(layout, self, records, out),
    step: (machine, event, out): void => {
      const { desk } = machine;
      if (event.kind === 'message') {
        if (desk !== null) hearAtDesk(desk, machine, event.from, event.message, out);
        else hear(machine, event.from, event.message, out);
      } else if (event.kind === 'timer') {
        if (desk !== null) fireAtDesk(desk, event.timer, layout.policy, layout.spares, out);
        else fire(machine, layout, event.timer, out);
      } else if (event.kind === 'request') asked(machine, event.id, event.command, out);
      else within(machine, out, (core, state, port) => core.step(state, event, port));
    },
    messageType: (message) => (message.type === 'peer' ? message.message.type : message.type),
    view: ({ belongs, inner, desk, checking }) => ({
      role: desk !== null ? 'operator' : checking ? 'checking' : (inner?.role ?? 'spare'),
      cluster: belongs?.cluster ?? '',
      voters: belongs?.voters.join() ?? '',
      term: inner?.term ?? 0,
      commit: inner?.log.committed ?? 0,
    }),
  };
}

function boot(layout: Layout, self: number, records: Readonly<Record<string, unknown>>, out: Out): Machine {
  const { members, operator, checks } = layout;
  const found = records.belongs as Belonging | undefined;
  const first = members.includes(self) ? { cluster: 'c1', voters: members } : null;
  const isDesk = self === operator;
  const machine: Machine = {
    self,
    belongs: found ?? first,
    inner: null,
    disk: { ...records },
    checking: found !== undefined && checks,
    hears: [],
    heard: [...members],
    told: [],
    desk: isDesk ? newDesk({ cluster: 'c1', voters: members }, out) : null,
  };
  if (isDesk || machine.belongs === null) return machine;
  out.setTimer('hear', TIMES.hear);
  if (machine.checking) {
    out.send(operator, { type: 'check' });
    out.setTimer('check', TIMES.check);
    return machine;
  }
  if (found === undefined) out.store([{ key: 'belongs', value: machine.belongs }]);
  start(machine, out);
  return machine;
}

/** Starts the consensus from what is on the disk. */
function start(machine: Machine, out: Out): void {
  const { belongs, disk, self } = machine;
  if (belongs === null) return;
  machine.inner = store(belongs.voters).boot({ self, records: { ...disk } }, portOf(machine, out));
}

/** Has the consensus do something, its effects taken outside. */
function within(
  machine: Machine,
  out: Out,
  act: (core: Store, state: RaftState, port: Outbox<RaftMessage, RaftResult>) => void,
): void {
  const { belongs, inner } = machine;
  if (belongs !== null && inner !== null) act(store(belongs.voters), inner, portOf(machine, out));
}

function portOf(machine: Machine, out: Out): Outbox<RaftMessage, RaftResult> {
  const cluster = machine.belongs?.cluster ?? '';
  return {
    send: (to, message, after) => out.send(to, { type: 'peer', cluster, message }, after),
    store: (writes) => {
      for (const { key, value } of writes) {
        if (value === null) delete machine.disk[key];
        else machine.disk[key] = value;
      }
      return out.store(writes);
    },
    setTimer: (timer, min, max) => out.setTimer(`raft/${timer}`, min, max),
    cancelTimer: (timer) => out.cancelTimer(`raft/${timer}`),
    reply: (id, result, after) => out.reply(id, outward(machine, result), after),
    choose: (label, among) => out.choose(label, among),
    note: (kind, data) => out.note(kind, { ...(data as object), cluster }),
  };
}

function outward(machine: Machine, result: RaftResult): Result {
  const { belongs, inner, heard, hears, self } = machine;
  if (result.ok) {
    return { ok: true, value: result.value, cluster: belongs?.cluster ?? '', index: inner?.log.applied ?? 0 };
  }
  // A follower hears its leader only: that nobody answers is said where nobody leads.
  if (result.error === 'not-leader' && result.leader !== 0) {
    return { ok: false, error: 'redirect', node: result.leader };
  }
  const voters = belongs?.voters ?? [];
  const alive = new Set([self, ...heard, ...hears].filter((node) => voters.includes(node))).size;
  if (alive * 2 <= voters.length) {
    return { ok: false, error: 'unclear', why: `quorum lost: ${alive} of ${voters.length} members heard` };
  }
  if (result.error === 'not-leader' || result.error === 'busy') {
    return { ok: false, error: 'redirect', node: 0 };
  }
  return { ok: false, error: 'unclear', why: result.error };
}

function asked(machine: Machine, id: number, { client, sequence, operation }: Command, out: Out): void {
  const { inner, belongs, told } = machine;
  if (inner === null || belongs === null) {
    out.reply(id, { ok: false, error: 'redirect', node: 0 });
    return;
  }
  // A client that has seen later answers than this history holds must not go on as if nothing had been lost.
  const known = inner.sessions[client]?.sequence ?? 0;
  if (belongs.cluster !== 'c1' && inner.role === 'leader' && sequence > known + 1 && !told.includes(client)) {
    told.push(client);
    out.note('client ahead', { client, known, sequence });
    out.reply(id, {
      ok: false,
      error: 'ahead',
      why: 'this client has seen what was lost: start anew from what is here',
    });
    return;
  }
  const command = { client, sequence, operation: operation as never };
  within(machine, out, (core, state, port) => core.step(state, { kind: 'request', id, command }, port));
}

function fire(machine: Machine, { operator }: Layout, timer: string, out: Out): void {
  if (timer === 'hear') {
    machine.heard = machine.hears;
    machine.hears = [];
    out.setTimer('hear', TIMES.hear);
  } else if (timer === 'check' && machine.checking) {
    out.send(operator, { type: 'check' });
    out.setTimer('check', TIMES.check);
  } else if (timer.startsWith('raft/')) {
    const event = { kind: 'timer', timer: timer.slice(5) } as const;
    within(machine, out, (core, state, port) => core.step(state, event, port));
  }
}

function hear(machine: Machine, from: number, message: Message, out: Out): void {
  const { belongs, inner } = machine;
  switch (message.type) {
    case 'peer':
      heard(machine, from, message.cluster, message.message, out);
      return;
    case 'poll':
      out.send(from, { type: 'status', belongs, revision: inner?.log.committed ?? 0 });
      return;
    case 'back-up':
      if (belongs === null || inner === null || inner.snapshot === null) return;
      out.send(from, { type: 'backup', cluster: belongs.cluster, snapshot: inner.snapshot });
      return;
    case 'current':
      if (machine.checking) checked(machine, message.cluster, out);
      return;
    case 'force':
      if (inner !== null && belongs !== null) force(machine, inner, belongs, out);
      return;
    case 'restore':
      restore(machine, message.to, message.snapshot, out);
      return;
    default:
      return;
  }
}

/** Only members of one's own cluster are listened to, and only those one knows. */
function heard(machine: Machine, from: number, cluster: string, message: RaftMessage, out: Out): void {
  const { belongs } = machine;
  if (belongs === null || machine.inner === null) return;
  if (cluster !== belongs.cluster || !belongs.voters.includes(from)) {
    out.note('refused member', { from, cluster, own: belongs.cluster });
    return;
  }
  if (!machine.hears.includes(from)) machine.hears.push(from);
  within(machine, out, (core, state, port) => core.step(state, { kind: 'message', from, message }, port));
}

function checked(machine: Machine, cluster: string, out: Out): void {
  machine.checking = false;
  out.cancelTimer('check');
  if (cluster === machine.belongs?.cluster) start(machine, out);
  else {
    out.note('retired', { cluster: machine.belongs?.cluster ?? '', current: cluster });
    machine.belongs = null;
  }
}

const alone = (voters: readonly number[]): Snapshot['membership'] => ({
  voters,
  votersOutgoing: [],
  learners: [],
  learnersNext: [],
  autoLeave: false,
});

/** The wrong approach: the survivor takes itself for the whole cluster, under the name and with the log of the old one. */
function force(machine: Machine, inner: RaftState, belongs: Belonging, out: Out): void {
  const to = { cluster: belongs.cluster, voters: [machine.self] };
  machine.belongs = to;
  const { snapshot } = inner;
  const writes: { key: string; value: unknown }[] = [{ key: 'belongs', value: to }];
  if (snapshot !== null) {
    writes.push({
      key: 'snapshot',
      value: { ...snapshot, membership: alone(to.voters), membershipIndex: 0 },
    });
  }
  rewrite(machine, writes, out);
}

/** A new cluster begins where the snapshot ends; whatever was on this machine is gone. */
function restore(machine: Machine, to: Belonging, snapshot: Snapshot, out: Out): void {
  if (machine.belongs?.cluster === to.cluster) return;
  machine.belongs = to;
  const old = Object.keys(machine.disk).filter((key) => key.startsWith('log/'));
  rewrite(
    machine,
    [
      { key: 'belongs', value: to },
      { key: 'snapshot', value: { ...snapshot, membership: alone(to.voters), membershipIndex: 0 } },
      { key: 'hard', value: { term: snapshot.term, vote: 0, commit: snapshot.index } },
      ...old.map((key) => ({ key, value: null })),
    ],
    out,
  );
  out.setTimer('hear', TIMES.hear);
  out.note('restored', { cluster: to.cluster, index: snapshot.index });
}

function rewrite(machine: Machine, writes: readonly { key: string; value: unknown }[], out: Out): void {
  portOf(machine, out).store(writes);
  start(machine, out);
}
