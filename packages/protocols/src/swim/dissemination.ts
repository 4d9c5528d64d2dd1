import type { NodeId } from '../core/core.ts';
import { retransmitLimit } from './config.ts';
import type { SwimMessage, SwimUpdate } from './messages.ts';
import type { Opinion } from './opinion.ts';
import type { SwimNode } from './state.ts';

/** News to be passed on with the next messages; it takes the place of older news of the same member. */
export function spread({ state }: SwimNode, update: SwimUpdate): void {
  state.news = state.news.filter((item) => item.update.member !== update.member);
  state.news.unshift({ update, sent: 0 });
}

/**
 * What rides on one message to a member: the news passed on least often, and what the addressee is accused of before anything else, so that
 * it can answer at once (Lifeguard's buddy; needed in any case by one that is held dead, as nobody probes it).
 */
export function piggyback(node: SwimNode, to: NodeId): readonly SwimUpdate[] {
  const { config, state } = node;
  const accusation = accusationOf(node, to);
  const news = [...state.news].sort((a, b) => a.sent - b.sent).slice(0, config.maxUpdates);
  const limit = retransmitLimit(config, state.present);
  for (const item of news) item.sent++;
  // Broken twin: news never grows old.
  if (config.defect !== 'unbounded-piggyback') state.news = state.news.filter(({ sent }) => sent < limit);
  const updates = news.map(({ update }) => update);
  if (accusation === undefined) return updates;
  return [accusation, ...updates.filter(({ member }) => member !== to)];
}

function accusationOf({ config, state }: SwimNode, to: NodeId): SwimUpdate | undefined {
  const held = state.members[to];
  if (held === undefined || held.status === 'alive') return undefined;
  // Broken twin: the accused hears nothing.
  if (config.defect === 'accuses-behind-the-back') return undefined;
  if (held.status === 'suspect' && !config.lifeguard) return undefined;
  return { member: to, ...held, by: state.self };
}

/** All that is held, itself first. */
export function everything({ config, state }: SwimNode, to: NodeId): readonly SwimUpdate[] {
  const { self, incarnation, members } = state;
  const own: SwimUpdate = { member: self, status: 'alive', incarnation, by: self };
  const others = state.order
    // Broken twin: the accused hears nothing.
    .filter((member) => config.defect !== 'accuses-behind-the-back' || member !== to)
    .map((member): SwimUpdate => {
      const by = state.suspicions[member]?.accusers[0] ?? self;
      return { member, ...(members[member] as Opinion), by };
    });
  return [own, ...others];
}

/** Sends, once the incarnation it stands for is durable. Persist BEFORE send. */
export function tell({ state, out }: SwimNode, to: NodeId, message: SwimMessage): void {
  out.send(to, message, state.token);
}
