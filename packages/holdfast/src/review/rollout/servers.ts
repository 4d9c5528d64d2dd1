import type { SketchNode, SketchProgram } from '../../subjects/sketch/options.ts';
import { SketchCaller } from '../../subjects/sketch/caller.ts';

/** A row as it lies in the database: the column of the old version, and that of the new one. */
export interface Row {
  readonly old?: string;
  readonly new?: string;
}

/** What may be wrong with a new version. */
export interface NewVersion {
  /** Share of its requests that fail, 0 to 1. */
  readonly failing: number;
  /** Every so many rows it writes its own column wrong; 0 for never. */
  readonly wrongEvery: number;
}

const AGAIN_MS = 60;

/** The rows, which all servers share. */
export function database(node: SketchNode): SketchProgram {
  const rows = (node.kept['rows'] ??= {}) as Record<string, Row>;
  return {
    message: (from, { type, call, key, row }) => {
      const answer = { type: `${type} done`, call: call ?? null };
      if (type === 'put') {
        rows[key] = { ...rows[key], ...(row as Row) };
        node.send(from, answer);
      } else if (type === 'get') node.send(from, { ...answer, row: { ...rows[key] } });
      else if (type === 'compare') node.send(from, { ...answer, ...compared(rows) });
    },
  };
}

/** Rows that have both columns, and those of them that differ. */
export function compared(rows: Readonly<Record<string, Row>>): { both: number; differ: number } {
  const both = Object.values(rows).filter((row) => row.old !== undefined && row.new !== undefined);
  return { both: both.length, differ: both.filter((row) => row.old !== row.new).length };
}

/** A server without a state of its own but its version, which it is told. */
export function server(
  node: SketchNode,
  how: { readonly database: number; readonly version: NewVersion; readonly dualWrite: boolean },
): SketchProgram {
  const { version, dualWrite } = how;
  const caller = new SketchCaller(node, AGAIN_MS);
  const figures = { requests: 0, errors: 0, written: 0 };
  const isNew = (): boolean => node.kept['version'] === 'new';
  const rowOf = (text: string): Row => {
    if (!isNew()) return { old: text };
    const isWrong = version.wrongEvery > 0 && ++figures.written % version.wrongEvery === 0;
    return { ...(dualWrite ? { old: text } : {}), new: isWrong ? `${text}?` : text };
  };
  return {
    request: ({ f, key, input }, answer) => {
      figures.requests++;
      const by = isNew() ? 'new' : 'old';
      if (isNew() && node.draw(1_000, 'fails') < version.failing * 1_000) {
        figures.errors++;
        answer({ outcome: 'fail', output: { by, text: null } });
      } else if (f === 'write') {
        const put = { type: 'put', key, row: rowOf(input as string) as never };
        caller.call(how.database, put, () => answer({ outcome: 'ok', output: { by, text: null } }));
      } else {
        caller.call(how.database, { type: 'get', key }, ({ row }) => {
          const found = row as Row;
          const text = isNew() ? (found.new ?? found.old) : found.old;
          answer({ outcome: 'ok', output: { by, text: text ?? null } });
        });
      }
    },
    message: (from, message) => {
      if (caller.heard(message)) return;
      const { type, call } = message;
      if (type === 'run') node.kept['version'] = message['version'] ?? 'old';
      const { requests, errors } = figures;
      node.show({ version: isNew() ? 'new' : 'old' });
      node.send(from, { type: 'figures', call: call ?? null, requests, errors, isNew: isNew() });
    },
    timer: (name) => void caller.timer(name),
  };
}
