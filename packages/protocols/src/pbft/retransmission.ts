import type { NodeId } from '../core/core.ts';
import { primaryOf } from './config.ts';
import type { PbftMessage } from './messages.ts';
import type { PbftNode, Slot } from './state.ts';

/** Sequence numbers sent again in answer to one report. */
const BATCH = 50;

/** Tells all others what this replica has. */
export function reportStatus({ config, state, out }: PbftNode): void {
  out.setTimer('status', config.statusMs);
  const { view, active, stable, execution } = state;
  const message: PbftMessage = { type: 'status', view, active, stable, executed: execution.executed };
  for (const to of config.nodes) if (to !== state.self) out.send(to, message);
}

/** Sends again what a replica seems to lack: state, decisions, votes of this replica, the view it should be in. */
export function answerStatus(
  node: PbftNode,
  to: NodeId,
  status: Extract<PbftMessage, { readonly type: 'status' }>,
): void {
  const { config, state, out } = node;
  const snapshot = state.snapshots[state.stable];
  // Broken twin: whom the primary leaves out, nobody helps.
  const helps = config.defect !== 'only-primary-retransmits' || primaryOf(config, state.view) === state.self;
  if (helps && status.executed < state.stable && snapshot !== undefined) {
    out.send(to, { type: 'state', sequence: state.stable, proof: state.stableProof, snapshot });
  }
  for (const [sequence, votes] of Object.entries(state.checkpoints)) {
    const own = votes[state.self];
    if (own !== undefined && Number(sequence) > status.stable) out.send(to, own);
  }
  if (status.view < state.view || (status.view === state.view && !status.active)) {
    if (!state.active) {
      const own = state.viewChanges[state.self];
      if (own !== undefined) out.send(to, own);
    } else if (state.newView !== null) out.send(to, state.newView);
  }
  let sent = 0;
  for (const [sequence, slot] of Object.entries(state.slots)) {
    if (Number(sequence) <= status.executed || sent++ >= BATCH) continue;
    resend(node, to, slot, helps);
  }
}

function resend({ state, out }: PbftNode, to: NodeId, slot: Slot, helps: boolean): void {
  if (helps && slot.committed !== null) {
    const { prePrepare, commits } = slot.committed;
    out.send(to, { type: 'committed', prePrepare, commits });
    return;
  }
  // The primary's pre-prepare is signed: anybody can pass it on.
  if (helps && slot.prePrepare !== null) out.send(to, slot.prePrepare);
  for (const votes of [slot.prepares, slot.commits]) {
    const own = votes[state.self];
    if (own !== undefined) out.send(to, own);
  }
}
