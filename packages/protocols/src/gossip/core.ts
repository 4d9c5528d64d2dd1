import type { Boot, Core, NodeId, NodeView } from '../core/core.ts';
import { gossipConfig, type GossipOptions, hotRounds } from './config.ts';
import { type GossipMessage, gossipMessageName, type Rumour, rumourName } from './messages.ts';
import type { GossipCommand, GossipNode, GossipResult, GossipState } from './state.ts';

/**
 * Rumours that spread by telling a few at random (Demers et al., "Epidemic Algorithms for Replicated Database Maintenance", 1987): rumour
 * mongering with a counter, backed up by anti-entropy. Throws `GossipOptionsError`.
 */
export function gossip(
  options: GossipOptions,
): Core<GossipState, GossipMessage, GossipCommand, GossipResult> {
  const config = gossipConfig(options);
  return {
    name: 'gossip',
    boot(boot, out): GossipState {
      // Broken twin: the disk was lost, the id kept.
      const records = config.defect === 'forgets-on-restart' ? {} : boot.records;
      const state = bootState({ self: boot.self, records });
      // Nodes that start together do not speak together.
      out.setTimer('round', 1, config.roundMs);
      return state;
    },
    step(state, event, out): void {
      const node: GossipNode = { config, state, out };
      if (event.kind === 'request') request(node, event.id, event.command);
      else if (event.kind === 'timer') nextRound(node);
      else if (event.kind === 'message' && config.nodes.includes(event.from)) {
        receive(node, event.from, event.message);
      }
    },
    messageType: gossipMessageName,
    view: gossipView,
  };
}

function bootState({ self, records }: Boot): GossipState {
  const rumours: Record<string, Rumour> = {};
  let published = 0;
  for (const value of Object.values(records)) {
    const rumour = value as Rumour;
    rumours[rumourName(rumour)] = rumour;
    if (rumour.origin === self) published = Math.max(published, rumour.number);
  }
  return { self, rumours, published, hot: [], rounds: 0, token: 0 };
}

function request(node: GossipNode, id: number, command: GossipCommand): void {
  const { state, out } = node;
  if (command.kind === 'publish') {
    learn(node, { origin: state.self, number: ++state.published, value: command.value });
  }
  out.reply(id, { known: Object.keys(state.rumours).length }, state.token);
}

/** What is new is kept, and hot. Persist BEFORE send. */
function learn({ state, out }: GossipNode, rumour: Rumour): void {
  const name = rumourName(rumour);
  if (state.rumours[name] !== undefined) return;
  state.rumours[name] = rumour;
  state.hot.push({ name, told: 0 });
  state.token = out.store([{ key: name, value: rumour }]);
  out.note('learned', { ...rumour, round: state.rounds });
}

function nextRound(node: GossipNode): void {
  const { config, state, out } = node;
  const { style, reconcileEvery, defect } = config;
  state.rounds++;
  const rumours = style === 'pull' ? [] : hotRumours(node);
  const asks = style === 'pull' || style === 'push-pull';
  for (const to of partners(node)) {
    if (asks || rumours.length > 0) out.send(to, { type: 'tell', rumours, asks }, state.token);
  }
  cool(node);
  // Broken twin: what rumours missed stays missing.
  const reconciles = reconcileEvery > 0 && defect !== 'no-reconciliation';
  const [partner] = reconciles && state.rounds % reconcileEvery === 0 ? draw(node, 1) : [];
  if (partner !== undefined) {
    out.send(partner, { type: 'compare', names: Object.keys(state.rumours) }, state.token);
  }
  out.note('round', { round: state.rounds });
  out.setTimer('round', config.roundMs);
}

function hotRumours({ state }: GossipNode): readonly Rumour[] {
  return state.hot.map(({ name }) => state.rumours[name] as Rumour);
}

/** A rumour grows old with each round in which it was or could have been told. */
function cool({ config, state }: GossipNode): void {
  for (const item of state.hot) item.told++;
  const limit = hotRounds(config);
  // Broken twin: it stays hot.
  if (config.defect !== 'never-cools') state.hot = state.hot.filter(({ told }) => told < limit);
}

function partners(node: GossipNode): readonly NodeId[] {
  const { config, state } = node;
  if (config.style === 'broadcast') return config.nodes.filter((id) => id !== state.self);
  return draw(node, config.fanout);
}

/** Up to `count` others at random, each once. */
function draw({ config, state, out }: GossipNode, count: number): readonly NodeId[] {
  const others = config.nodes.filter((id) => id !== state.self);
  const chosen: NodeId[] = [];
  while (chosen.length < count && others.length > 0) {
    const at = others.length > 1 ? out.choose('partner', others.length) : 0;
    chosen.push(...others.splice(at, 1));
  }
  return chosen;
}

function receive(node: GossipNode, from: NodeId, message: GossipMessage): void {
  const { state, out } = node;
  switch (message.type) {
    case 'tell': {
      // It answers with what it knew before.
      const rumours = message.asks ? hotRumours(node) : [];
      for (const rumour of message.rumours) learn(node, rumour);
      if (rumours.length > 0) out.send(from, { type: 'tell', rumours, asks: false }, state.token);
      break;
    }
    case 'compare': {
      const theirs = new Set(message.names);
      const names = Object.keys(state.rumours);
      const rumours = names.filter((name) => !theirs.has(name)).map((name) => state.rumours[name] as Rumour);
      const wants = message.names.filter((name) => state.rumours[name] === undefined);
      if (rumours.length + wants.length > 0) out.send(from, { type: 'differ', rumours, wants }, state.token);
      break;
    }
    case 'differ': {
      for (const rumour of message.rumours) learn(node, rumour);
      const rumours = message.wants.flatMap((name) => state.rumours[name] ?? []);
      if (rumours.length > 0) out.send(from, { type: 'tell', rumours, asks: false }, state.token);
    }
  }
}

/** What observers see of a node: how much it knows, and how much of it it still tells. */
export function gossipView(state: GossipState): NodeView {
  return { role: 'member', known: Object.keys(state.rumours).length, hot: state.hot.length };
}
