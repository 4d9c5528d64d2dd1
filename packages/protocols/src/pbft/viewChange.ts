import { countVoters } from '../byzantine/certificate.ts';
import { isSound } from './agreement.ts';
import { isProof } from './checkpoints.ts';
import type { PreparedCertificate, ViewChange } from './messages.ts';
import { armRequestTimer } from './patience.ts';
import { broadcast, isAuthentic, type PbftNode, signed } from './state.ts';

/** Section 4.4: gives up on the views before `view`, and says what this replica has. */
export function callForView(node: PbftNode, view: number): void {
  const { state, out } = node;
  state.view = view;
  state.active = false;
  state.attempts++;
  state.timedFor = '';
  state.assigned = {};
  out.cancelTimer('request');
  out.cancelTimer('view');
  state.timedView = -1;
  const token = out.store([{ key: 'view', value: { view, active: false } }]);
  out.note('view', { view, active: false });
  broadcast(node, ownViewChange(node), token);
}

/** What this replica says to get its view: its stable checkpoint and what it prepared after it. */
export function ownViewChange(node: PbftNode): ViewChange {
  const { config, state } = node;
  const prepared = Object.values(state.slots).flatMap((slot) =>
    slot.prepared === null ? [] : [slot.prepared],
  );
  const { view, stable, stableProof: proof } = state;
  return signed<ViewChange>(node, {
    type: 'view-change',
    by: state.self,
    view,
    stable,
    proof,
    // Broken twin: what may have been carried out somewhere is not passed on.
    prepared: config.defect === 'drops-prepared' ? [] : prepared,
  });
}

/** The request was not carried out in time. First everybody is told of it; the second time the primary is to blame. */
export function requestTimedOut(node: PbftNode): void {
  const { config, state, out } = node;
  state.timedFor = '';
  if (!state.active) return;
  if (state.relayed) {
    callForView(node, state.view + 1);
    return;
  }
  for (const { command } of state.pending) {
    for (const to of config.nodes) if (to !== state.self) out.send(to, { type: 'request', command });
  }
  armRequestTimer(node);
  state.relayed = true;
}

/** The new view did not come: on to the next. */
export function viewTimedOut(node: PbftNode): void {
  if (!node.state.active) callForView(node, node.state.view + 1);
}

/** Whether everything a view change says is proven by the signatures it carries. */
export function isSoundViewChange(node: PbftNode, message: ViewChange): boolean {
  const { config } = node;
  const { view, stable, proof, prepared } = message;
  if (!isAuthentic(node, message) || !isProof(node, stable, proof)) return false;
  const sequences = new Set(prepared.map(({ prePrepare }) => prePrepare.sequence));
  if (sequences.size !== prepared.length) return false;
  return prepared.every((certificate) => {
    const { sequence, view: preparedIn } = certificate.prePrepare;
    const between = sequence > stable && sequence <= stable + config.logSize;
    return between && preparedIn < view && isPrepared(node, certificate);
  });
}

function isPrepared(node: PbftNode, { prePrepare, prepares }: PreparedCertificate): boolean {
  const { view, sequence, digest, by } = prePrepare;
  const voters = countVoters(prepares, (vote) => {
    const fits = vote.view === view && vote.sequence === sequence && vote.digest === digest;
    return fits && vote.by !== by && isAuthentic(node, vote);
  });
  return voters >= node.config.quorum - 1 && isSound(node, prePrepare);
}
