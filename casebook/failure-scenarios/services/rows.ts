import { sketch, type SketchNode, type SketchProgram, type Subject } from 'holdfast';

const AGAIN_MS = 50;

/** A row as it travels and lies on disk: the new schema calls `name` `fullName`. */
type Row = Record<string, string>;

/** How a version writes a row and reads one. */
interface Schema {
  readonly write: (text: string) => Row;
  readonly read: (row: Row | undefined) => string | null;
}

const OLD: Schema = { write: (text) => ({ name: text }), read: (row) => row?.['name'] ?? null };
/** The new name at once. */
const RENAMED: Schema = { write: (text) => ({ fullName: text }), read: (row) => row?.['fullName'] ?? null };
/** Both names as long as anybody knows the old one only. */
const EXPANDED: Schema = {
  write: (text) => ({ name: text, fullName: text }),
  read: (row) => row?.['fullName'] ?? row?.['name'] ?? null,
};

/** Two servers that replicate rows, and a new schema that renames a column: at once, or by way of having both. */
export function rows(expandsFirst: boolean): Subject {
  return sketch({
    name: expandsFirst ? 'rows, both columns first' : 'rows, renamed at once',
    nodes: ['one', 'two'],
    operations: ['write', 'read'],
    survives: ['crash-recovery'],
    clients: { entry: (client) => [client === 0 ? 'one' : 'two'], timeoutMs: 150, attempts: 3 },
    program: (node) => server(node, OLD),
    versions: { v2: (node) => server(node, expandsFirst ? EXPANDED : RENAMED) },
    promises: [],
    judge: () => [],
  });
}

function server(node: SketchNode, schema: Schema): SketchProgram {
  const other = 1 - node.index;
  const stored = (node.kept['rows'] ??= {}) as Record<string, Row>;
  const open = (node.kept['open'] ??= {}) as Record<string, true>;
  node.timer('again', AGAIN_MS);
  const send = (key: string): void => node.send(other, { type: 'row', key, row: stored[key] ?? {} });
  return {
    request: ({ f, key, input }, answer) => {
      if (f === 'write') {
        stored[key] = schema.write(input as string);
        open[key] = true;
        send(key);
      }
      answer({ outcome: 'ok', output: f === 'write' ? null : schema.read(stored[key]) });
    },
    message: (from, { type, key, row }) => {
      if (type === 'has it') delete open[key];
      else {
        stored[key] = row as Row;
        node.send(from, { type: 'has it', key });
      }
    },
    timer: () => {
      for (const key of Object.keys(open)) send(key);
      node.timer('again', AGAIN_MS);
    },
  };
}
