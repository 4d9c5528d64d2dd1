import {
  type CommitCommand,
  type CommitDefect,
  type CommitOptions,
  type CommitResult,
  consensusCommit,
  type Core,
  threePhaseCommit,
  twoPhaseCommit as twoPhaseCore,
} from '@holdfast/protocols';
import type { CoreModel, NetworkKind } from '../engine/cores/model.ts';
import { type CoreProperty, ofHistory, ofNodes, ofNodesAndHistory } from '../properties/property.ts';
import type { Recorder } from '../properties/recorder.ts';

/** A transaction to explore: node 1 coordinates, the others take part. */
export interface CommitSystem {
  readonly name: string;
  readonly protocol: 'two-phase' | 'three-phase' | 'consensus';
  readonly participants: number;
  /** How many of the participants, the last ones, vote no. Default 0. */
  readonly refusing?: number;
  readonly network?: NetworkKind;
  readonly defect?: CommitDefect;
}

/** Everything the client was told. */
type Told = readonly string[];

type Decisions = readonly (string | null)[];

/**
 * The commit cores themselves, explored: all that decide durably decide alike, and alike to what the client was told (atomicity); nobody
 * commits what a participant refused (unanimity).
 */
export function commitSystem(system: CommitSystem): CoreModel<unknown, CommitCommand, CommitResult> {
  const { name, participants, refusing = 0, network = 'unordered', defect } = system;
  const ids = Array.from({ length: participants }, (_, i) => i + 2);
  const refuse = ids.slice(participants - refusing);
  const core = coreOf(system.protocol, { coordinator: 1, participants: ids, refusing: refuse, defect });
  return {
    name,
    nodes: [1, ...ids].map((id) => ({ id, core })),
    network,
    clients: [{ requests: [{ command: 'commit', to: 1 }] }],
    history: toldRecorder(),
    properties: commitProperties(refuse.length > 0),
  };
}

function coreOf(
  protocol: CommitSystem['protocol'],
  { defect, ...options }: CommitOptions,
): Core<unknown, unknown, CommitCommand, CommitResult> {
  switch (protocol) {
    case 'two-phase':
      return twoPhaseCore({ ...options, defect }) as Core<unknown, unknown, CommitCommand, CommitResult>;
    case 'three-phase':
      return threePhaseCommit(options) as Core<unknown, unknown, CommitCommand, CommitResult>;
    case 'consensus':
      return consensusCommit(options) as Core<unknown, unknown, CommitCommand, CommitResult>;
  }
}

function commitProperties(refused: boolean): CoreProperty<unknown>[] {
  const view = ({ records }: { readonly records: Readonly<Record<string, unknown>> }): string | null => {
    const phase = records['phase'];
    return phase === 'committed' || phase === 'aborted' ? phase : null;
  };
  const decided = (views: Decisions): Decisions => views.filter((phase) => phase !== null);
  return [
    ofNodesAndHistory<unknown, string | null, Told>({
      name: 'atomicity',
      view,
      holds: (views, told) => new Set([...decided(views), ...told]).size < 2,
    }),
    ofNodes<unknown, string | null>({
      name: 'unanimity',
      view,
      holds: (views) => !refused || !views.includes('committed'),
    }),
    ofHistory<Told>('the client is told', (told) => told.length > 0, 'reachable'),
  ];
}

function toldRecorder(): Recorder<unknown, CommitCommand, CommitResult> {
  const initial: Told = [];
  return {
    initial,
    observe: (seen) => (seen.kind === 'reply' && seen.result.ok ? seen.result.decision : undefined),
    next: (told, decision): Told => [...new Set([...(told as Told), decision as string])].sort(),
  };
}
