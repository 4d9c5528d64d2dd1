/** One event of a message trace as somebody drew it. */
export interface DrawnEvent {
  /** Unique: `a1`. */
  readonly name: string;
  /** One of the drawing's nodes. */
  readonly node: string;
  readonly kind: 'local' | 'send' | 'receive';
  /** Of a send and of each receipt of what it sent. */
  readonly message?: string;
  /** What is done, for people. */
  readonly what?: string;
  readonly lamport?: number;
  /** In the order of the drawing's nodes. */
  readonly vector?: readonly number[];
}

/** A message trace as somebody drew it: nodes, their events in order, stamps, and which pairs are concurrent. */
export interface MessageDrawing {
  readonly format: 'holdfast-message-trace';
  readonly version: 1;
  readonly nodes: readonly string[];
  /** Those of one node in its order; how those of different nodes lie between each other means nothing. */
  readonly events: readonly DrawnEvent[];
  /** Unordered pairs of event names. */
  readonly concurrent?: readonly (readonly [string, string])[];
}

/** Thrown for a file that is no drawing of a message trace: says what was expected where. */
export class DrawingError extends Error {
  readonly code = 'BAD_DRAWING';
  readonly where: string;
  constructor(where: string, problem: string) {
    super(`Cannot read this as a message trace: ${where} ${problem}; mend it and try again`);
    this.name = 'DrawingError';
    this.where = where;
  }
}

/** Most events and nodes a drawing for people may have. */
const MAX_DRAWN_EVENTS = 500;
const MAX_DRAWN_NODES = 20;

/** Whether a JSON value claims to be a drawing. */
export function isMessageDrawing(value: unknown): boolean {
  return isRecord(value) && value['format'] === 'holdfast-message-trace';
}

/** Reads a drawing from a JSON value; what it says of stamps and pairs is not judged here. Throws `DrawingError`. */
export function readMessageDrawing(value: unknown): MessageDrawing {
  if (!isRecord(value)) throw new DrawingError('the file', 'is no object');
  if (!isMessageDrawing(value)) throw new DrawingError("'format'", "is not 'holdfast-message-trace'");
  if (value['version'] !== 1)
    throw new DrawingError("'version'", `is ${JSON.stringify(value['version'])}, not 1`);
  const nodes = listOf(value, 'nodes', MAX_DRAWN_NODES).map((node, i) => textOf(node, `nodes[${i}]`));
  if (new Set(nodes).size < nodes.length) throw new DrawingError("'nodes'", 'names one twice');
  const events = listOf(value, 'events', MAX_DRAWN_EVENTS).map((event, i) =>
    readEvent(event, `events[${i}]`, nodes),
  );
  const names = new Set<string>();
  for (const { name } of events) {
    if (names.has(name)) throw new DrawingError(`event '${name}'`, 'stands there twice');
    names.add(name);
  }
  if (value['concurrent'] === undefined)
    return { format: 'holdfast-message-trace', version: 1, nodes, events };
  const concurrent = listOf(value, 'concurrent', MAX_DRAWN_EVENTS ** 2).map((pair, i) =>
    readPair(pair, i, names),
  );
  return { format: 'holdfast-message-trace', version: 1, nodes, events, concurrent };
}

function readEvent(value: unknown, where: string, nodes: readonly string[]): DrawnEvent {
  if (!isRecord(value)) throw new DrawingError(where, 'is no object');
  const name = textOf(value['name'], `${where}.name`);
  const node = textOf(value['node'], `${where}.node`);
  if (!nodes.includes(node))
    throw new DrawingError(`event '${name}'`, `is at '${node}', which is none of ${nodes.join(', ')}`);
  const kind = value['kind'];
  if (kind !== 'local' && kind !== 'send' && kind !== 'receive') {
    throw new DrawingError(
      `event '${name}'`,
      `is a ${JSON.stringify(kind)}: an event is 'local', a 'send' or a 'receive'`,
    );
  }
  const { message, what, lamport, vector } = value;
  if (kind !== 'local' && typeof message !== 'string')
    throw new DrawingError(`event '${name}'`, 'names no message');
  if (lamport !== undefined && !isCount(lamport))
    throw new DrawingError(`event '${name}'`, 'has a Lamport stamp that is no whole number');
  const isVector = Array.isArray(vector) && vector.length === nodes.length && vector.every(isCount);
  if (vector !== undefined && !isVector) {
    throw new DrawingError(
      `event '${name}'`,
      `has a vector that is no list of ${nodes.length} whole numbers, one for each node`,
    );
  }
  return {
    name,
    node,
    kind,
    ...(typeof message === 'string' && kind !== 'local' ? { message } : {}),
    ...(typeof what === 'string' ? { what } : {}),
    ...(lamport === undefined ? {} : { lamport }),
    ...(isVector ? { vector: vector as readonly number[] } : {}),
  };
}

function readPair(value: unknown, i: number, names: ReadonlySet<string>): readonly [string, string] {
  if (!Array.isArray(value) || value.length !== 2)
    throw new DrawingError(`concurrent[${i}]`, 'is no pair of names');
  const [a, b] = value.map((name) => textOf(name, `concurrent[${i}]`));
  for (const name of [a, b]) {
    if (name === undefined || !names.has(name))
      throw new DrawingError(`concurrent[${i}]`, `names '${name}', which is no event`);
  }
  return [a as string, b as string];
}

function listOf(value: Readonly<Record<string, unknown>>, name: string, most: number): readonly unknown[] {
  const list = value[name];
  if (!Array.isArray(list)) throw new DrawingError(`'${name}'`, 'is no list');
  if (list.length > most)
    throw new DrawingError(`'${name}'`, `has ${list.length} entries, more than ${most}`);
  return list;
}

function textOf(value: unknown, where: string): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new DrawingError(where, 'is no text');
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
