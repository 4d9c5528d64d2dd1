import { commandKey, digestOf, type SignedCommand } from '../byzantine/command.ts';
import type { Signer } from '../byzantine/signer.ts';
import { acceptPrePrepare } from './agreement.ts';
import { primaryOf } from './config.ts';
import type { NewView, PrePrepare, ViewChange } from './messages.ts';
import { waitMs } from './patience.ts';
import { isAuthentic, type PbftNode, signed } from './state.ts';
import { callForView, isSoundViewChange } from './viewChange.ts';

/** One sequence number as a new view takes it over. */
export interface Inherited {
  readonly sequence: number;
  readonly digest: string;
  readonly command: SignedCommand | null;
}

/**
 * What follows from a quorum of view changes, for everybody the same: after the latest stable checkpoint each sequence number up
 * to the last prepared one gets what was prepared there in the highest view, or nothing (section 4.4).
 */
export function inherit(signer: Signer, viewChanges: readonly ViewChange[]): readonly Inherited[] {
  const stable = Math.max(...viewChanges.map((change) => change.stable));
  const best = new Map<number, PrePrepare>();
  for (const { prepared } of viewChanges) {
    for (const { prePrepare } of prepared) {
      const known = best.get(prePrepare.sequence);
      if (known === undefined || prePrepare.view > known.view) best.set(prePrepare.sequence, prePrepare);
    }
  }
  const last = Math.max(stable, ...best.keys());
  const nothing = digestOf(signer, null);
  return Array.from({ length: last - stable }, (_, i) => {
    const sequence = stable + 1 + i;
    const found = best.get(sequence);
    return { sequence, digest: found?.digest ?? nothing, command: found?.command ?? null };
  });
}

/** Counts calls for new views: joins those that cannot all be liars, begins a view that is this replica's to begin. */
export function heardViewChange(node: PbftNode, message: ViewChange): void {
  const { config, state, out } = node;
  const known = state.viewChanges[message.by];
  if (known !== undefined && known.view >= message.view) return;
  if (!isSoundViewChange(node, message)) return;
  state.viewChanges[message.by] = message;
  const all = Object.values(state.viewChanges);
  const later = all.filter(({ view }) => view > state.view);
  // f + 1 hold a correct one: who waits for an own timer may wait alone for ever (section 4.5.2).
  if (later.length > config.faulty) {
    callForView(node, Math.min(...later.map(({ view }) => view)));
    return;
  }
  if (state.active) return;
  if (primaryOf(config, state.view) === state.self) makeNewView(node);
  if (state.active || state.timedView === state.view) return;
  // The clock of a view runs once enough are in it, or else one replica would hurry through all views alone.
  if (all.filter(({ view }) => view >= state.view).length >= config.quorum) {
    state.timedView = state.view;
    out.setTimer('view', waitMs(node), config.viewChangeTimeoutMs + waitMs(node));
  }
}

/** The new primary begins, as soon as a quorum calls for its view. */
function makeNewView(node: PbftNode): void {
  const { config, state, out } = node;
  const { view, self } = state;
  const viewChanges = Object.values(state.viewChanges)
    .filter((change) => change.view === view)
    .slice(0, config.quorum);
  if (viewChanges.length < config.quorum) return;
  const prePrepares = inherit(config.signer, viewChanges).map((inherited) =>
    signed<PrePrepare>(node, { type: 'pre-prepare', by: self, view, ...inherited }),
  );
  const message = signed<NewView>(node, { type: 'new-view', by: self, view, viewChanges, prePrepares });
  const token = out.store([{ key: 'new-view', value: message }]);
  for (const to of config.nodes) if (to !== self) out.send(to, message, token);
  enter(node, message);
}

/** A backup checks that the new primary draws the conclusions it must, and follows. */
export function heardNewView(node: PbftNode, message: NewView): void {
  const { config, state, out } = node;
  const { by, view } = message;
  if (view < state.view || (view === state.view && state.active)) return;
  if (by !== primaryOf(config, view) || !isAuthentic(node, message)) return;
  // Broken twin: the new primary is believed.
  if (config.defect !== 'new-view-without-proofs' && !follows(node, message)) return;
  out.store([{ key: 'new-view', value: message }]);
  enter(node, message);
}

function follows(node: PbftNode, { by, view, viewChanges, prePrepares }: NewView): boolean {
  const { config } = node;
  const voters = new Set(viewChanges.map((change) => change.by));
  if (voters.size < config.quorum || voters.size !== viewChanges.length) return false;
  if (!viewChanges.every((change) => change.view === view && isSoundViewChange(node, change))) return false;
  const expected = inherit(config.signer, viewChanges);
  if (expected.length !== prePrepares.length) return false;
  return expected.every(({ sequence, digest }, i) => {
    const found = prePrepares[i] as PrePrepare;
    const same = found.sequence === sequence && found.digest === digest;
    return same && found.view === view && found.by === by;
  });
}

function enter(node: PbftNode, message: NewView): void {
  const { state, out } = node;
  const { view, prePrepares } = message;
  state.view = view;
  state.active = true;
  state.newView = message;
  state.timedView = -1;
  state.timedFor = '';
  out.cancelTimer('view');
  out.cancelTimer('request');
  out.store([{ key: 'view', value: { view, active: true } }]);
  out.note('view', { view, active: true });
  state.assigned = {};
  state.lastSequence = prePrepares.at(-1)?.sequence ?? 0;
  for (const prePrepare of prePrepares) {
    if (prePrepare.command !== null) state.assigned[commandKey(prePrepare.command)] = prePrepare.sequence;
    acceptPrePrepare(node, prePrepare);
  }
}
