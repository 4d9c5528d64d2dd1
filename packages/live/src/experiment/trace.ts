import type { Plain } from '@holdfast/plain';
import type { FaultSpan, Trace, TraceEvent, TraceEventKind } from '@holdfast/trace';
import { describeFault } from '@holdfast/world';
import type { SeenMessage } from '../devices/mesh/link.ts';
import type { Draft } from '../faults/pairs.ts';
import type { RecordedHistory } from '../history/recorder.ts';
import { RolesSeen } from './rolesSeen.ts';
import type { JournalLine } from './steps.ts';

/** Clients with a lane of their own, at most; more share one. */
export const MAX_CLIENT_LANES = 12;

/** A fault that was struck. */
export interface Struck {
  readonly fault: Draft;
  /** Places of the members it touched; none when all were. */
  readonly members: readonly number[];
  /** Microseconds since the recording began. */
  readonly fromUs: number;
  /** Undefined while it lasts. */
  untilUs: number | undefined;
}

/** What was seen of a run of a real cluster; times in microseconds since the recording began. */
export interface SeenRun {
  readonly members: readonly string[];
  readonly recording: RecordedHistory;
  readonly struck: readonly Struck[];
  /** Messages between members where the mesh saw them, and when the mesh's own time began. */
  readonly messages: readonly SeenMessage[];
  readonly meshStartUs: number;
  readonly journal: readonly JournalLine[];
  readonly endedUs: number;
}

/** An event before it has a number; `key` is what another names as its cause. */
export interface EventDraft {
  readonly at: number;
  readonly node: number;
  readonly kind: TraceEventKind;
  readonly label: string;
  readonly key?: string;
  readonly causeKey?: string;
  readonly peer?: number;
  readonly message?: number;
  readonly operation?: number;
  readonly data?: Plain;
}

/**
 * The run as a trace: members and clients as lanes; operations; faults as spans and events; what members said to each other, where the mesh
 * understood it. What no device saw is not in it: most of what happens inside a real server.
 */
export function traceOf(run: SeenRun): Trace {
  const lanes = clientLanes(run);
  const drafts = [
    ...operationEvents(run, lanes.of),
    ...faultEvents(run),
    ...messageEvents(run),
    ...notes(run),
  ];
  const inTime = drafts.map((draft, place) => ({ draft, place }));
  inTime.sort((a, b) => a.draft.at - b.draft.at || a.place - b.place);
  const ids = new Map(inTime.flatMap(({ draft }, id) => (draft.key === undefined ? [] : [[draft.key, id]])));
  return {
    nodes: [
      ...run.members.map((name) => ({ name, role: 'server' as const })),
      ...lanes.names.map((name) => ({ name, role: 'client' as const })),
    ],
    events: inTime.map(({ draft }, id) => numbered(draft, id, ids)),
    faults: run.struck.map((one) => spanOf(one, run.endedUs)),
    endedAt: run.endedUs,
  };
}

function numbered(draft: EventDraft, id: number, ids: ReadonlyMap<string, number>): TraceEvent {
  const { at, node, kind, label, causeKey, peer = -1, message = -1, operation = -1, data = null } = draft;
  const cause = causeKey === undefined ? -1 : (ids.get(causeKey) ?? -1);
  return { id, at, node, kind, label, cause, peer, message, operation, data };
}

function clientLanes({ recording, members }: SeenRun): {
  readonly names: readonly string[];
  readonly of: (operation: number) => number;
} {
  const { clients } = recording;
  const all = [...new Set(clients)];
  if (all.length > MAX_CLIENT_LANES) return { names: ['clients'], of: () => members.length };
  const lanes = new Map(all.map((name, i) => [name, members.length + i]));
  return { names: all, of: (operation) => lanes.get(clients[operation] ?? '') ?? -1 };
}

function operationEvents({ recording }: SeenRun, laneOf: (operation: number) => number): EventDraft[] {
  return recording.history.operations.flatMap((operation) => {
    const { id, f, key, input, output, outcome, invokedAt, completedAt } = operation;
    const label = key === undefined ? f : `${f} ${key}`;
    const common = { node: laneOf(id), operation: id, label };
    const invoked: EventDraft = { ...common, at: invokedAt, kind: 'invoke', key: `o${id}`, data: input };
    // An operation that ended unknown has no end in a history; its client still gave up at some time.
    const at = Number.isFinite(completedAt) ? completedAt : (recording.givenUpAt[id] ?? invokedAt);
    return [invoked, { ...common, at, kind: outcome, causeKey: `o${id}`, data: output }];
  });
}

function faultEvents({ struck }: SeenRun): EventDraft[] {
  return struck.flatMap(({ fault, members, fromUs, untilUs }, i) => {
    const label = describeFault({ ...fault, id: i });
    const kinds = PROCESS_FAULTS[fault.kind];
    const begun: EventDraft[] = [{ at: fromUs, node: -1, kind: 'fault', label, key: `f${i}` }];
    const ended: EventDraft[] =
      untilUs === undefined ? [] : [{ at: untilUs, node: -1, kind: 'heal', label, causeKey: `f${i}` }];
    if (kinds !== undefined) {
      for (const node of members) {
        begun.push({ at: fromUs, node, kind: kinds[0], label: fault.kind, causeKey: `f${i}` });
        if (untilUs !== undefined) ended.push({ at: untilUs, node, kind: kinds[1], label: fault.kind });
      }
    }
    return [...begun, ...ended];
  });
}

/** What a fault of a process does to its member, and what its end does. */
const PROCESS_FAULTS: Readonly<Partial<Record<Draft['kind'], readonly [TraceEventKind, TraceEventKind]>>> = {
  crash: ['crash', 'restart'],
  amnesia: ['crash', 'restart'],
  pause: ['pause', 'resume'],
};

function messageEvents({ messages, meshStartUs }: SeenRun): EventDraft[] {
  const roles = new RolesSeen();
  return messages.flatMap((seen, message) => {
    const at = Math.round(seen.atMs * 1_000 + meshStartUs);
    const role = roles.next(seen);
    // Before the recording the cluster was only coming up: of that only what members are is told, at its beginning.
    const state: EventDraft[] =
      role === undefined
        ? []
        : [{ at: Math.max(0, at), node: seen.from, kind: 'state', label: 'raft', data: { ...role } }];
    return at < 0 ? state : [...state, ...journey(seen, message, at, meshStartUs)];
  });
}

/** A message's departure, and its arrival or loss when it had one. */
function journey(seen: SeenMessage, message: number, at: number, meshStartUs: number): EventDraft[] {
  const { from, to, type, term, index, entries, context, passedAtMs } = seen;
  const data = { term, index, entries, ...(context === '' ? {} : { read: context }) };
  const common = { message, label: type, data };
  const sent: EventDraft = { ...common, at, node: from, peer: to, kind: 'send', key: `m${message}` };
  if (passedAtMs === undefined) return [sent];
  const end = { ...common, node: to, peer: from, causeKey: `m${message}` };
  return passedAtMs < 0
    ? [sent, { ...end, at, kind: 'drop', label: `${type}: taken out` }]
    : [sent, { ...end, at: Math.round(passedAtMs * 1_000 + meshStartUs), kind: 'deliver' }];
}

function notes({ journal }: SeenRun): EventDraft[] {
  return journal.flatMap(({ atMs, text }) =>
    atMs < 0 ? [] : [{ at: atMs * 1_000, node: -1, kind: 'note' as const, label: text }],
  );
}

function spanOf({ fault, members, fromUs, untilUs }: Struck, endedUs: number): FaultSpan {
  const text = describeFault({ ...fault, id: 0 });
  return { kind: fault.kind, from: fromUs, until: untilUs ?? endedUs, nodes: members, text };
}
