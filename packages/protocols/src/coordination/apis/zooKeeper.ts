import type { Plain } from '@holdfast/plain';
import type { CoordinationDefect } from '../defects.ts';
import {
  type Answer,
  type CoordinationEvent,
  type CoordinationMachineState,
  endSession,
  heldAt,
  type HeldKey,
  keepAlive,
  keysUnder,
  put,
  remove,
} from '../store.ts';

/** How a znode is made. A sequential one gets ten digits after its name, from a counter of its parent that only rises. */
export type CreateMode = 'persistent' | 'ephemeral' | 'persistent-sequential' | 'ephemeral-sequential';

/** ZooKeeper's requests. Paths begin with a slash; version -1 is any. Times in milliseconds. */
export type ZooKeeperRequest =
  | { readonly op: 'connect' | 'ping'; readonly session: number; readonly timeoutMs: number }
  | { readonly op: 'close'; readonly session: number }
  | {
      readonly op: 'create';
      readonly path: string;
      readonly data: Plain;
      readonly mode: CreateMode;
      /** Whose it is when it is ephemeral. */
      readonly session?: number;
    }
  | { readonly op: 'delete'; readonly path: string; readonly version: number }
  | { readonly op: 'set-data'; readonly path: string; readonly data: Plain; readonly version: number }
  | { readonly op: 'exists' | 'get-data' | 'get-children'; readonly path: string };

/** What a key holds for a znode. */
interface Znode {
  readonly data: Plain;
  readonly version: number;
}

const DIGITS = 10;

/** Where the children of a znode are counted: no znode ends with a slash. */
const childrenOf = (path: string): string => (path === '/' ? '/' : `${path}/`);
const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/';

function znodeAt(state: CoordinationMachineState, path: string): { held: HeldKey; node: Znode } | undefined {
  const held = heldAt(state, path);
  return held === undefined || path.endsWith('/')
    ? undefined
    : { held, node: held.value as unknown as Znode };
}

/**
 * ZooKeeper's data tree (Hunt, Konar, Junqueira and Reed 2010, section 2.2): versions, ephemeral and sequential znodes. Every answer carries the
 * revision it was made at: the zxid. Errors are ZooKeeper's, in lower case: `no-node`, `node-exists`, `bad-version`, `not-empty`,
 * `no-children-for-ephemerals`, `session-expired`.
 */
export function zooKeeper(
  state: CoordinationMachineState,
  request: ZooKeeperRequest,
  defect: CoordinationDefect | undefined,
): Answer {
  switch (request.op) {
    case 'connect':
      return keepAlive(state, request.session, request.timeoutMs);
    case 'ping':
      // A session that has expired does not come back: the client must connect as another.
      return state.sessions[request.session] === undefined
        ? { error: 'session-expired' }
        : keepAlive(state, request.session, request.timeoutMs);
    case 'close':
      return endSession(state, request.session, defect);
    case 'create':
      return create(state, request, defect);
    case 'delete':
      return removeNode(state, request);
    case 'set-data':
      return setData(state, request);
    default:
      return read(state, request);
  }
}

function create(
  state: CoordinationMachineState,
  { path, data, mode, session = 0 }: Extract<ZooKeeperRequest, { readonly op: 'create' }>,
  defect: CoordinationDefect | undefined,
): Answer {
  const parent = parentOf(path);
  const above = znodeAt(state, parent);
  if (!path.startsWith('/') || path.endsWith('/')) return { error: 'bad-path' };
  if (parent !== '/' && above === undefined) return { error: 'no-node' };
  if (above !== undefined && above.held.session !== 0) return { error: 'no-children-for-ephemerals' };
  const isEphemeral = mode.startsWith('ephemeral');
  if (isEphemeral && state.sessions[session] === undefined) return { error: 'session-expired' };
  const counted = (heldAt(state, childrenOf(parent))?.value ?? 0) as number;
  // Broken twin: a child that went makes room for its number.
  const number = defect === 'numbers-by-children' ? children(state, parent).length : counted;
  const name = mode.endsWith('sequential') ? `${path}${`${number}`.padStart(DIGITS, '0')}` : path;
  if (heldAt(state, name) !== undefined) return { error: 'node-exists' };
  put(state, childrenOf(parent), counted + 1, 0);
  put(state, name, { data, version: 0 }, isEphemeral ? session : 0);
  return { path: name, zxid: state.revision };
}

function removeNode(
  state: CoordinationMachineState,
  { path, version }: Extract<ZooKeeperRequest, { readonly op: 'delete' }>,
): Answer {
  const found = znodeAt(state, path);
  if (found === undefined) return { error: 'no-node' };
  if (version !== -1 && version !== found.node.version) return { error: 'bad-version' };
  if (children(state, path).length > 0) return { error: 'not-empty' };
  remove(state, path);
  remove(state, childrenOf(path));
  return { zxid: state.revision };
}

function setData(
  state: CoordinationMachineState,
  { path, data, version }: Extract<ZooKeeperRequest, { readonly op: 'set-data' }>,
): Answer {
  const found = znodeAt(state, path);
  if (found === undefined) return { error: 'no-node' };
  const { held, node } = found;
  if (version !== -1 && version !== node.version) return { error: 'bad-version' };
  put(state, path, { data, version: node.version + 1 }, held.session);
  return { version: node.version + 1, zxid: state.revision };
}

function read(
  state: CoordinationMachineState,
  { op, path }: Extract<ZooKeeperRequest, { readonly op: 'exists' | 'get-data' | 'get-children' }>,
): Answer {
  const found = znodeAt(state, path);
  if (op === 'get-children') {
    if (found === undefined && path !== '/') return { error: 'no-node' };
    return { children: children(state, path) };
  }
  if (found === undefined) return op === 'exists' ? { exists: false } : { error: 'no-node' };
  const { held, node } = found;
  const { created, modified, session } = held;
  const stat = { czxid: created, mzxid: modified, version: node.version, ephemeralOwner: session };
  return op === 'exists' ? { exists: true, stat } : { data: node.data, stat };
}

/** Names of the children of a znode, sorted. */
function children(state: CoordinationMachineState, path: string): string[] {
  const prefix = childrenOf(path);
  return keysUnder(state, prefix)
    .map((key) => key.slice(prefix.length))
    .filter((name) => name !== '' && !name.includes('/'));
}

/** What a one-shot watch says: that something happened to the path, not what is there now. */
export interface WatchedEvent {
  readonly type: 'node-created' | 'node-data-changed' | 'node-deleted' | 'node-children-changed';
  readonly path: string;
}

/**
 * The one notification of a one-shot watch that was set with a read at revision `zxid` (`children`: by get-children), from the events since; undefined
 * while nothing has happened. What comes after the first event is not told: read again, and set it again.
 */
export function watchedEvent(
  events: readonly CoordinationEvent[],
  { path, zxid, children: counts = false }: { path: string; zxid: number; children?: boolean },
): WatchedEvent | undefined {
  for (const { revision, key, value } of events) {
    if (revision <= zxid) continue;
    const isChild = key.startsWith(childrenOf(path)) && key !== childrenOf(path);
    const below = isChild && !key.slice(childrenOf(path).length).includes('/');
    // A child that comes or goes; what it holds is not the parent's affair.
    if (counts && below && (value === null || (value as unknown as Znode).version === 0)) {
      return { type: 'node-children-changed', path };
    }
    if (key !== path) continue;
    if (value === null) return { type: 'node-deleted', path };
    if (counts) continue;
    const isNew = (value as unknown as Znode).version === 0;
    return { type: isNew ? 'node-created' : 'node-data-changed', path };
  }
  return undefined;
}
