import { ownCheckpoint } from './checkpoints.ts';
import { commandKey } from '../byzantine/command.ts';
import type { Commit, Prepare } from './messages.ts';
import { type PbftNode, signed } from './state.ts';
import { ownViewChange } from './viewChange.ts';

/** A replica starts, or starts again: what it said before it stopped it stands by, word for word. */
export function resume(node: PbftNode): void {
  const { config, state, out } = node;
  const by = state.self;
  for (const slot of Object.values(state.slots)) {
    const accepted = slot.prePrepare;
    if (accepted !== null) {
      const { view, sequence, digest, command } = accepted;
      state.lastSequence = Math.max(state.lastSequence, sequence);
      if (view === state.view && command !== null) state.assigned[commandKey(command)] = sequence;
      if (accepted.by !== by) {
        slot.prepares[by] = signed<Prepare>(node, { type: 'prepare', by, view, sequence, digest });
      }
    }
    if (slot.prepared !== null) {
      const { view, sequence, digest } = slot.prepared.prePrepare;
      slot.commits[by] = signed<Commit>(node, { type: 'commit', by, view, sequence, digest });
    }
  }
  for (const [sequence, snapshot] of Object.entries(state.snapshots)) {
    const at = Number(sequence);
    if (at > state.stable) state.checkpoints[at] = { [by]: ownCheckpoint(node, at, snapshot) };
  }
  if (!state.active) state.viewChanges[by] = ownViewChange(node);
  out.setTimer('status', config.statusMs);
}
