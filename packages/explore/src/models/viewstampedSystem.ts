import {
  type ClientCommand,
  type Machine,
  viewstamped,
  type ViewstampedMessage,
  type ViewstampedOptions,
  type ViewstampedResult,
  type ViewstampedState,
} from '@holdfast/protocols';
import { encodePlain } from '@holdfast/plain';
import type { CoreModel, NetworkKind } from '../engine/cores/model.ts';
import { ofHistory, ofNodes, ofNodesAndHistory } from '../properties/property.ts';
import type { Recorder } from '../properties/recorder.ts';

/** A group of replicas to explore, and what its clients ask. */
export interface ViewstampedSystem {
  readonly name: string;
  readonly nodes: number;
  /** Clients that make one request each, of any replica. Default 0. */
  readonly clients?: number;
  readonly network?: NetworkKind;
  readonly options?: Partial<ViewstampedOptions>;
}

/** What was carried out, and in which view first. */
interface Done {
  readonly request: string;
  readonly view: number;
}

/** By operation number, everything some replica carried out under it. */
type ViewstampedPast = Readonly<Record<string, readonly Done[]>>;

interface Replica {
  readonly commit: number;
  readonly digest: number;
  /** The view it leads, -1 for none, and its log, encoded. */
  readonly leads: number;
  readonly log: readonly string[];
}

const NOTHING: Machine = { name: 'nothing', init: () => null, apply: () => null };

/**
 * The Viewstamped Replication core itself, explored: replicas carry out the same operations in the same order, and a primary's log holds, in
 * place, what was carried out in earlier views ("Viewstamped Replication Revisited", 2012, section 4.2).
 */
export function viewstampedSystem(
  system: ViewstampedSystem,
): CoreModel<ViewstampedMessage, ClientCommand, ViewstampedResult> {
  const { name, nodes, clients = 0, network = 'unordered', options = {} } = system;
  const ids = Array.from({ length: nodes }, (_, i) => i + 1);
  const core = viewstamped({ ...options, nodes: ids }, NOTHING);
  return {
    name,
    nodes: ids.map((id) => ({ id, core })),
    network,
    clients: Array.from({ length: clients }, (_, i) => ({
      requests: [{ command: { client: 0, sequence: 0, operation: i + 1 } }],
    })),
    history: viewstampedRecorder(),
    properties: [
      ofHistory<ViewstampedPast>('agreement', (past) =>
        Object.values(past).every((done) => new Set(done.map(({ request }) => request)).size < 2),
      ),
      ofNodes<ViewstampedState, Replica>({
        name: 'state machine safety',
        view: replica,
        holds: (views) =>
          views.every((a, i) =>
            views.slice(i + 1).every((b) => a.commit !== b.commit || a.commit === 0 || a.digest === b.digest),
          ),
      }),
      ofNodesAndHistory<ViewstampedState, Replica, ViewstampedPast>({
        name: 'view completeness',
        view: replica,
        holds: (views, past) => views.every((view) => holdsWhatWasDone(view, past)),
      }),
    ],
  };
}

function replica({ state }: { readonly state: ViewstampedState | null }): Replica {
  if (state === null) return { commit: 0, digest: 0, leads: -1, log: [] };
  const { commit, digest, leads, view, log } = state;
  return {
    commit,
    digest,
    leads: leads ? view : -1,
    log: leads ? log.map((entry) => encodePlain(entry)) : [],
  };
}

/** What a later view did, a primary that comes late need not have. */
function holdsWhatWasDone({ leads, log }: Replica, past: ViewstampedPast): boolean {
  return Object.entries(past).every(([op, done]) =>
    done.every(({ request, view }) => leads <= view || log[Number(op) - 1] === request),
  );
}

function viewstampedRecorder(): Recorder<ViewstampedMessage, ClientCommand, ViewstampedResult> {
  const initial: ViewstampedPast = {};
  return {
    initial,
    observe: (seen) => {
      if (seen.kind !== 'note' || seen.note !== 'execute') return undefined;
      const { op, request, view } = seen.data as {
        readonly op: number;
        readonly request: unknown;
        readonly view: number;
      };
      return { op, request: encodePlain(request), view };
    },
    next: (past, seen): ViewstampedPast => {
      const before = past as ViewstampedPast;
      const { op, request, view } = seen as {
        readonly op: number;
        readonly request: string;
        readonly view: number;
      };
      const done = before[op] ?? [];
      const known = done.find((one) => one.request === request);
      if (known !== undefined && known.view <= view) return before;
      const others = done.filter((one) => one.request !== request);
      const now = [...others, { request, view }].sort((a, b) => (a.request < b.request ? -1 : 1));
      return { ...before, [op]: now };
    },
  };
}
