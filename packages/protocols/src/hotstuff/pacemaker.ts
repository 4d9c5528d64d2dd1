import type { NodeId } from '../core/core.ts';
import { learnCertificate } from './certificates.ts';
import { nextLeadersView } from './config.ts';
import type { HotStuffMessage, NewView } from './messages.ts';
import { isBusy } from './replica.ts';
import { type HotStuffNode, isAuthentic, signed, storeSafety, tellAll } from './state.ts';

/** Requests passed on at once. */
const BATCH = 20;

/** Starts the timer of the current view, if anything waits. */
export function armView(node: HotStuffNode): void {
  const { config, state, out } = node;
  if (!isBusy(node)) {
    if (state.timedView !== 0) out.cancelTimer('view');
    state.timedView = 0;
    return;
  }
  if (state.timedView === state.view) return;
  state.timedView = state.view;
  const ms = config.timeoutMs * 2 ** Math.min(state.failures, 10);
  out.setTimer('view', ms, ms + config.timeoutMs);
}

/** No certificate in time: this replica votes here no more, and calls for the next leader. */
export function viewTimedOut(node: HotStuffNode): void {
  const { config, state } = node;
  state.timedView = 0;
  state.voted = Math.max(state.voted, state.view);
  state.failures++;
  callFor(node, nextLeadersView(config, state.view));
}

function callFor(node: HotStuffNode, view: number): void {
  const { state } = node;
  state.wanted = Math.max(state.wanted, view);
  const body = { type: 'new-view', by: state.self, view: state.wanted, justify: state.high } as const;
  tellAll(node, signed<NewView>(node, body), storeSafety(node));
}

/** Counts calls: f + 1 hold a correct one, and are joined; a quorum makes the view. */
export function heardNewView(node: HotStuffNode, message: NewView, from: NodeId): void {
  const { config, state, out } = node;
  const known = state.newViews[message.by];
  if (known !== undefined && known.view > message.view) return;
  if (!Number.isSafeInteger(message.view) || !isAuthentic(node, message)) return;
  learnCertificate(node, message.justify, from);
  state.newViews[message.by] = message;
  const views = Object.values(state.newViews)
    .map(({ view }) => view)
    .sort((a, b) => b - a);
  const joined = views[config.faulty] ?? 0;
  if (joined > state.wanted) callFor(node, joined);
  const made = views[config.quorum - 1] ?? 0;
  if (made <= state.view) return;
  state.view = made;
  out.note('view', { view: made });
  storeSafety(node);
}

/** Tells all others where this replica is, and of the requests it has. */
export function reportStatus({ config, state, out }: HotStuffNode): void {
  out.setTimer('status', config.statusMs);
  const messages: HotStuffMessage[] = [
    { type: 'status', view: state.view, certified: state.high.view },
    ...state.pending.slice(0, BATCH).map(({ command }) => ({ type: 'request' as const, command })),
  ];
  for (const to of config.nodes) {
    if (to !== state.self) for (const message of messages) out.send(to, message);
  }
}

/** Sends again what a replica seems to lack: the highest certificate, or a call for a later view. */
export function answerStatus(
  { state, out }: HotStuffNode,
  to: NodeId,
  { view, certified }: Extract<HotStuffMessage, { readonly type: 'status' }>,
): void {
  if (certified < state.high.view) out.send(to, { type: 'certificate', certificate: state.high });
  const own = state.newViews[state.self];
  if (own !== undefined && own.view > view) out.send(to, own);
  else if (own !== undefined && own.view === state.view && view === state.view) out.send(to, own);
}
