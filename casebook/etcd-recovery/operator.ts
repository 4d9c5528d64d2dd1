import type { Outbox } from 'holdfast';
import {
  type Belonging,
  type Desk,
  type Machine,
  type Message,
  type Policy,
  type Result,
  TIMES,
} from './model.ts';

type Out = Outbox<Message, Result>;

/** An operator's desk in the beginning. */
export function newDesk(current: Belonging, out: Out): Desk {
  out.setTimer('poll', TIMES.poll);
  out.setTimer('backup', TIMES.backup);
  return { current, backup: null, answers: {}, before: {}, silentPolls: 0, acted: false };
}

/** A timer of the operator. */
export function fireAtDesk(
  desk: Desk,
  timer: string,
  policy: Policy,
  spares: readonly number[],
  out: Out,
): void {
  if (timer === 'backup') {
    // What was backed up before the disaster is what there is.
    if (!desk.acted) for (const to of desk.current.voters) out.send(to, { type: 'back-up' });
    out.setTimer('backup', TIMES.backup);
    return;
  }
  const present = Object.keys(desk.answers).map(Number);
  const voters = desk.current.voters.filter((node) => present.includes(node));
  const isLost = voters.length * 2 <= desk.current.voters.length;
  desk.silentPolls = isLost ? desk.silentPolls + 1 : 0;
  if (desk.silentPolls * TIMES.poll >= TIMES.patience && !desk.acted) act(desk, policy, voters, spares, out);
  desk.before = desk.answers;
  desk.answers = {};
  for (const to of [...desk.current.voters, ...spares]) out.send(to, { type: 'poll' });
  out.setTimer('poll', TIMES.poll);
}

function act(
  desk: Desk,
  policy: Policy,
  survivors: readonly number[],
  spares: readonly number[],
  out: Out,
): void {
  desk.acted = true;
  const { backup, current } = desk;
  const revision = Math.max(0, ...Object.values(desk.answers));
  out.note('step', { step: 'quorum lost', voters: current.voters, survivors, revision });
  const [survivor] = survivors;
  if (policy === 'force' && survivor !== undefined) {
    out.note('step', { step: 'force a survivor', node: survivor });
    out.send(survivor, { type: 'force' });
  } else if (policy === 'restore' && backup !== null) {
    const to = { cluster: `${current.cluster}-restored`, voters: [...survivors, ...spares] };
    desk.current = to;
    out.note('step', { step: 'retire the old cluster', cluster: current.cluster });
    out.note('step', { step: 'restore the snapshot into a new cluster', ...to, index: backup.index });
    for (const node of to.voters) out.send(node, { type: 'restore', to, snapshot: backup });
    out.note('step', { step: 'compare revisions', held: revision, restored: backup.index });
  }
}

/** A message to the operator. */
export function hearAtDesk(desk: Desk, { self }: Machine, from: number, message: Message, out: Out): void {
  if (message.type === 'status') desk.answers[from] = message.revision;
  else if (message.type === 'check') out.send(from, { type: 'current', cluster: desk.current.cluster });
  else if (message.type === 'backup' && message.cluster === desk.current.cluster) {
    if (message.snapshot.index <= (desk.backup?.index ?? 0)) return;
    desk.backup = message.snapshot;
    out.note('backed up', { index: message.snapshot.index, at: self });
  }
}
