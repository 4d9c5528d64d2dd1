import { encodePlain, equalPlain, type Plain } from '@holdfast/plain';
import type { NodeId } from '../core/core.ts';
import { countVoters, type Vote } from './certificate.ts';
import { commandKey, isGenuine, type SignedCommand } from './command.ts';
import type { ByzantineGroup } from './group.ts';
import { isSignedBy, nodePrincipal, type Signer } from './signer.ts';

/** A promise of Byzantine fault tolerant replication seen broken at a correct node, or at a client. */
export interface ByzantineViolation {
  readonly promise:
    | 'agreement'
    | 'validity'
    | 'commit certificate'
    | 'executed once'
    | 'state machine safety'
    | 'client reply';
  /** One sentence naming nodes and positions. */
  readonly reason: string;
  /** 0 for a client. */
  readonly node: NodeId;
}

/** What a node says when a position of the order is decided. */
export interface Committed {
  readonly position: number;
  readonly digest: string;
  readonly commands: readonly SignedCommand[];
  /** Signed votes of the last phase. */
  readonly votes: readonly (Vote & { readonly digest: string })[];
}

/** What a node says when it carries out a command for the first time. */
export interface ExecutedNote {
  readonly position: number;
  readonly client: number;
  readonly sequence: number;
  readonly value: Plain;
}

/** Whom the monitor watches. */
export interface ByzantineMonitorOptions {
  readonly group: ByzantineGroup;
  readonly signer: Signer;
  /** Nodes whose word counts for nothing; more may be added to `liars` later. */
  readonly liars?: readonly NodeId[];
}

/**
 * Watches the correct nodes of a group from outside: one content a position (agreement), signed by clients (validity), each decision with a
 * quorum of different signed votes for it (commit certificate), a command carried out at one position only, nodes that are
 * equally far in one state, and clients that believe what correct nodes answered. Call `note` for each note of a core, `observe` after each
 * event of a node, `believed` when a client accepts a reply.
 */
export class ByzantineMonitor {
  readonly violations: ByzantineViolation[] = [];
  /** Decisions, executions and states examined. */
  examined = 0;
  readonly liars: Set<NodeId>;
  private readonly options: ByzantineMonitorOptions;
  private readonly contents = new Map<
    number,
    { readonly digest: string; readonly text: string; readonly node: NodeId }
  >();
  private readonly places = new Map<string, ExecutedNote>();
  private readonly digests = new Map<number, { readonly digest: number; readonly node: NodeId }>();

  constructor(options: ByzantineMonitorOptions) {
    this.options = options;
    this.liars = new Set(options.liars);
  }

  /** How many positions have been decided. */
  get decided(): number {
    return this.contents.size;
  }

  /** Commands that were carried out. */
  get executed(): number {
    return this.places.size;
  }

  note(node: NodeId, kind: string, data: unknown): void {
    if (this.liars.has(node)) return;
    if (kind === 'committed') this.committed(node, data as Committed);
    else if (kind === 'executed') this.carriedOut(node, data as ExecutedNote);
  }

  private committed(node: NodeId, { position, digest, commands, votes }: Committed): void {
    this.examined++;
    const { group, signer } = this.options;
    const text = encodePlain(commands);
    const before = this.contents.get(position);
    if (before === undefined) this.contents.set(position, { digest, text, node });
    else if (before.digest !== digest) {
      const words = `position ${position} was decided as ${before.text} by node ${before.node} and as ${text} by node ${node}`;
      this.violate('agreement', node, words);
    }
    for (const command of commands) {
      if (isGenuine(signer, command)) continue;
      const words = `position ${position} was decided as ${text} by node ${node}, which no client signed`;
      this.violate('validity', node, words);
    }
    const voters = countVoters(votes, (vote) => {
      const fits = vote.digest === digest && group.nodes.includes(vote.by);
      return fits && isSignedBy(signer, nodePrincipal(vote.by), vote);
    });
    if (voters < group.quorum) {
      const words = `node ${node} decided position ${position} with ${voters} valid votes of ${group.quorum}`;
      this.violate('commit certificate', node, words);
    }
  }

  private carriedOut(node: NodeId, note: ExecutedNote): void {
    this.examined++;
    const key = commandKey(note);
    const before = this.places.get(key);
    if (before === undefined) this.places.set(key, note);
    else if (before.position !== note.position) {
      const words = `command ${key} was carried out at ${before.position} and at ${note.position}, there by node ${node}`;
      this.violate('executed once', node, words);
    }
  }

  observe(node: NodeId, { executed, digest }: { readonly executed: number; readonly digest: number }): void {
    if (executed === 0 || this.liars.has(node)) return;
    this.examined++;
    const before = this.digests.get(executed);
    if (before === undefined) this.digests.set(executed, { digest, node });
    else if (before.digest !== digest) {
      const words = `nodes ${before.node} and ${node} carried out different commands up to ${executed}`;
      this.violate('state machine safety', node, words);
    }
  }

  /** A client takes a value for the result of its command. */
  believed(command: { readonly client: number; readonly sequence: number }, value: Plain): void {
    this.examined++;
    const key = commandKey(command);
    const note = this.places.get(key);
    if (note !== undefined && equalPlain(note.value, value)) return;
    const truth = note === undefined ? 'no correct node carried it out' : `it is ${encodePlain(note.value)}`;
    this.violate('client reply', 0, `client believes ${encodePlain(value)} of command ${key}, but ${truth}`);
  }

  private violate(promise: ByzantineViolation['promise'], node: NodeId, reason: string): void {
    if (this.violations.some((known) => known.reason === reason)) return;
    this.violations.push({ promise, reason, node });
  }
}
