import {
  type ByzantineResult,
  type Core,
  digestOf,
  kv,
  nodePrincipal,
  type Outbox,
  pbft,
  type PbftCommit,
  type PbftDefect,
  type PbftMessage,
  type PbftPrePrepare,
  type PbftState,
  signAs,
  signCommand,
  type SignedCommand,
  simulatedSigner,
} from '@holdfast/protocols';
import type { CoreModel } from '../engine/cores/model.ts';
import { ofNodes } from '../properties/property.ts';

const NODES: readonly number[] = [1, 2, 3, 4];
const LIAR = 1;
type Out = Outbox<PbftMessage, ByzantineResult>;
type AnyCore = Core<unknown, PbftMessage, SignedCommand, ByzantineResult>;

/** The two commands a lying primary may give sequence number 1. */
const stories = [1, 2].map((client) => {
  const command = signCommand(simulatedSigner, { client, sequence: 1, operation: { f: 'get', key: 'a' } });
  const digest = digestOf(simulatedSigner, command);
  return { command, digest };
});

/** What a backup is told: nothing, or the stories of a pre-prepare and of a commit. */
export type LiarTells = readonly [proposed: number, committed: number] | null;

/** All that a lying primary may tell a backup. */
export const LIAR_TELLS_ANYTHING: readonly LiarTells[] = [null, [0, 0], [0, 1], [1, 0], [1, 1]];

/** The lying primary: when its timer goes off it tells each backup one of what it may, once; it hears nothing. */
const liar = (may: readonly (readonly LiarTells[])[]): AnyCore => ({
  name: 'liar',
  boot: (_boot, out): unknown => {
    out.setTimer('speak', 1);
    return {};
  },
  step(_state, event, out): void {
    if (event.kind !== 'timer') return;
    for (const [i, told] of may.entries())
      tell(i + 2, told[out.choose(`told ${i + 2}`, told.length)] ?? null, out);
  },
  messageType: (message) => message.type,
  view: () => ({}),
});

function tell(to: number, told: LiarTells, out: Out): void {
  if (told === null) return;
  const [proposed, committed] = told.map((story) => stories[story]);
  if (proposed === undefined || committed === undefined) return;
  const place = { by: LIAR, view: 0, sequence: 1 };
  const principal = nodePrincipal(LIAR);
  const { command, digest } = proposed;
  const proposal = { type: 'pre-prepare', ...place, digest, command } as const;
  out.send(to, signAs<PbftPrePrepare>(simulatedSigner, principal, proposal));
  const commit = { type: 'commit', ...place, digest: committed.digest } as const;
  out.send(to, signAs<PbftCommit>(simulatedSigner, principal, commit));
}

/** A correct replica that saves its words to the liar, who would not listen. */
function backup(defect: PbftDefect | undefined): AnyCore {
  const core = pbft({ nodes: NODES, defect }, kv);
  const quiet = (out: Out): Out => ({
    ...out,
    send: (to, message, after) => {
      if (to !== LIAR) out.send(to, message, after);
    },
    store: (writes) => out.store(writes),
    setTimer: () => undefined,
    cancelTimer: () => undefined,
    reply: (id, result, after) => out.reply(id, result, after),
    choose: (label, among) => out.choose(label, among),
    note: () => undefined,
  });
  return {
    ...core,
    boot: (boot, out) => core.boot(boot, quiet(out)),
    step: (state, event, out) => core.step(state as PbftState, event, quiet(out)),
    view: (state) => core.view(state as PbftState),
  };
}

/** PBFT under a lying primary, to explore. */
export interface PbftLyingPrimary {
  readonly name: string;
  /** What nodes 2, 3 and 4 may be told. Default anything. */
  readonly tells?: readonly (readonly LiarTells[])[];
  readonly defect?: PbftDefect | undefined;
}

/**
 * Four replicas of the PBFT core, the first a liar that tells each of the others one of what it may; no timeouts. All correct replicas that commit
 * commit the same (Castro and Liskov 1999, section 4.5), in every order of delivery.
 */
export function pbftLyingPrimary(
  system: PbftLyingPrimary,
): CoreModel<PbftMessage, SignedCommand, ByzantineResult> {
  const anything = LIAR_TELLS_ANYTHING;
  const { name, tells = [anything, anything, anything], defect } = system;
  const decided = ({ state }: { readonly state: PbftState | null }): string | null => {
    const prePrepare = state?.slots?.[1]?.committed?.prePrepare;
    return prePrepare?.digest ?? null;
  };
  const digests = (views: readonly (string | null)[]): number =>
    new Set(views.filter((digest) => digest !== null)).size;
  return {
    name,
    nodes: NODES.map((id) => ({ id, core: id === LIAR ? liar(tells) : backup(defect) })),
    properties: [
      ofNodes<PbftState, string | null>({
        name: 'agreement',
        view: decided,
        holds: (views) => digests(views) < 2,
      }),
      ofNodes<PbftState, string | null>({
        name: 'something is decided',
        kind: 'reachable',
        view: decided,
        holds: (views) => digests(views) > 0,
      }),
    ],
  };
}
