import { encodePlain } from '@holdfast/plain';
import {
  ByzantineMonitor,
  type ByzantineGroup,
  type ByzantineResult,
  type ByzantineExecution,
  type Liar,
  type ByzantineLie,
  signCommand,
  type SignedCommand,
  type Signer,
  simulatedSigner,
} from '../../src/byzantine/index.ts';
import {
  type ClientMessage,
  type ClientResult,
  matchingClient,
  type MatchingState,
} from '../../src/client/index.ts';
import type { Core } from '../../src/core/core.ts';
import { EffectList } from '../../src/core/effects.ts';
import { Dice } from '../raft/chaos.ts';
import { CoreGroup } from '../support/coreGroup.ts';

/** A core of Byzantine agreement over a replicated machine. */
export type ByzantineCore<S, M> = Core<S, M, SignedCommand, ByzantineResult>;

export interface TrialOptions<S extends { execution: ByzantineExecution }, M> {
  readonly core: ByzantineCore<S, M>;
  readonly group: ByzantineGroup;
  /** What each liar does. */
  readonly lies?: Readonly<Record<number, ByzantineLie<M>>>;
  readonly signer?: Signer;
  /** Clients, numbered from 1. Default 2. */
  readonly clients?: number;
  /** Equal replies clients wait for. Default f + 1. */
  readonly replies?: number;
  /** What a liar answers a client. */
  readonly falseReply?: (liar: number, result: ByzantineResult) => ByzantineResult;
}

interface TrialClient {
  readonly id: number;
  readonly state: MatchingState<SignedCommand>;
  sequence: number;
  /** The command it waits for. */
  open: SignedCommand | null;
}

/** Also of one instance of several: `1/status`. */
const isStatus = (timer: string): boolean => timer.endsWith('status');

type CallMessage = ClientMessage<SignedCommand, ByzantineResult>;

/** Replicas, liars and clients under one monitor: nothing happens unless the test says so. */
export class Trial<S extends { execution: ByzantineExecution }, M> {
  readonly replicas: CoreGroup<S, M, SignedCommand, ByzantineResult>;
  readonly monitor: ByzantineMonitor;
  readonly results: ClientResult<ByzantineResult>[] = [];
  readonly clients: TrialClient[];
  private readonly options: TrialOptions<S, M>;
  private readonly signer: Signer;
  private readonly client: ReturnType<typeof matchingClient<SignedCommand, ByzantineResult>>;
  private readonly askedBy = new Map<
    number,
    { readonly client: TrialClient; readonly node: number; readonly attempt: number }
  >();

  constructor(options: TrialOptions<S, M>) {
    const { core, group, lies = {}, signer = simulatedSigner } = options;
    this.options = options;
    this.signer = signer;
    this.monitor = new ByzantineMonitor({ group, signer, liars: Object.keys(lies).map(Number) });
    this.replicas = new CoreGroup(core, group.nodes);
    for (const [self, lie] of Object.entries(lies)) {
      const liar: Liar = { self: Number(self), nodes: group.nodes, signer };
      this.replicas.lies.set(Number(self), lie(liar));
    }
    this.replicas.onNote = (id, kind, data): void => this.monitor.note(id, kind, data);
    this.replicas.onStep = (id, state): void => this.monitor.observe(id, state.execution);
    this.client = matchingClient<SignedCommand, ByzantineResult>({
      nodes: group.nodes,
      equal: options.replies ?? group.faulty + 1,
      resendMs: 500,
      deadlineMs: 10_000,
      opinion: (result) => (result.ok ? encodePlain(result.value) : undefined),
    });
    this.clients = Array.from({ length: options.clients ?? 2 }, (_, i) => {
      const id = i + 1;
      const state = this.client.boot({ self: 100 + id, records: {} }, new EffectList());
      return { id, state, sequence: 0, open: null };
    });
  }

  /** The client has a new command for everybody; its operations append to one list. */
  ask(client: TrialClient): void {
    const sequence = ++client.sequence;
    const operation = { f: 'append', key: 'list', value: 1_000 * client.id + sequence };
    client.open = signCommand(this.signer, { client: client.id, sequence, operation });
    this.drive(client, { kind: 'request', id: sequence, command: client.open });
  }

  /** The client lost patience, and asks everybody again. */
  retry(client: TrialClient): void {
    if (client.open !== null) this.drive(client, { kind: 'timer', timer: `resend/${client.sequence}` });
  }

  /** Brings answers to the clients. */
  collect(): void {
    for (const [id, result] of this.replicas.replies) {
      const asked = this.askedBy.get(id);
      if (asked === undefined) continue;
      this.askedBy.delete(id);
      const { client, node } = asked;
      const lies = this.monitor.liars.has(node) && this.options.falseReply !== undefined;
      const said = lies ? (this.options.falseReply?.(node, result) ?? result) : result;
      this.drive(client, {
        kind: 'message',
        from: node,
        message: { kind: 'answer', attempt: asked.attempt, result: said },
      });
    }
  }

  private drive(client: TrialClient, event: Parameters<typeof this.client.step>[1]): void {
    const out = new EffectList<CallMessage, ClientResult<ByzantineResult>>();
    this.client.step(client.state, event, out);
    for (const effect of out.effects) {
      if (effect.kind === 'reply') {
        const { result } = effect;
        if (result.outcome === 'ok' && result.result.ok && client.open !== null) {
          this.monitor.believed(client.open, result.result.value);
        }
        this.results.push(result);
        client.open = null;
      } else if (effect.kind === 'send' && effect.message.kind === 'call') {
        if (!this.replicas.isUp(effect.to)) continue;
        const before = this.replicas.replies.size;
        const id = this.replicas.request(effect.to, effect.message.command);
        this.askedBy.set(id, { client, node: effect.to, attempt: effect.message.attempt });
        if (this.replicas.replies.size > before) this.collect();
      }
    }
  }

  /** Delivers everything, and brings answers to the clients. */
  settle(): void {
    this.replicas.settle();
    this.collect();
  }

  fireAll(fits: (timer: string) => boolean): void {
    for (const id of this.replicas.ids) {
      const armed = [...this.replicas.host(id).timers.keys()].filter(fits);
      for (const timer of armed) this.replicas.fire(id, timer);
    }
  }

  /** From now on nothing is lost or late; liars go on. Answers whether all clients have their answers within so many rounds. */
  stabilise(rounds = 40): boolean {
    const { replicas } = this;
    replicas.autoSync = true;
    for (const id of replicas.ids) if (!replicas.isUp(id)) replicas.boot(id);
    replicas.syncAll();
    for (let round = 1; round <= rounds; round++) {
      this.settle();
      if (this.clients.every(({ open }) => open === null)) return true;
      for (const client of this.clients) this.retry(client);
      this.fireAll(isStatus);
      this.settle();
      if (round % 3 === 0) this.fireAll((timer) => !isStatus(timer));
    }
    return false;
  }

  /**
   * Random events with loss, duplication, reordering, late disks, crashes and restarts, all from one seed; one of `patience` timeouts is real. Ends when the promise
   * `until` is seen broken.
   */
  run(seed: number, steps: number, { powerPerMille = 4, patience = 4, until = '' } = {}): void {
    const { replicas } = this;
    const dice = new Dice(seed);
    replicas.autoSync = false;
    for (let step = 0; step < steps; step++) {
      const id = dice.pick(replicas.ids);
      const roll = dice.below(1000);
      if (roll < powerPerMille) {
        if (replicas.isUp(id)) replicas.crash(id, dice.below(4));
      } else if (!replicas.isUp(id)) {
        if (dice.below(4) === 0) replicas.boot(id);
      } else if (roll < 650) this.deliverOne(dice);
      else if (roll < 900) replicas.syncOne(id);
      else if (roll < 960) {
        const timers = [...replicas.host(id).timers.keys()];
        const timer = timers.length > 0 ? dice.pick(timers) : '';
        if (isStatus(timer) || dice.below(patience) === 0) replicas.fire(id, timer);
      } else {
        const client = dice.pick(this.clients);
        if (client.open === null) this.ask(client);
        else this.retry(client);
      }
      this.collect();
      if (this.monitor.violations.some(({ promise }) => promise === until)) return;
    }
  }

  private deliverOne(dice: Dice): void {
    const { flying } = this.replicas;
    if (flying.length === 0) return;
    const at = dice.below(Math.min(flying.length, 12));
    const fate = dice.below(16);
    const chosen = fate === 0 ? flying[at] : flying.splice(at, 1)[0];
    if (chosen !== undefined && fate !== 1) this.replicas.deliver(chosen);
  }
}
