import { encodePlain, equalPlain, type Plain } from '@holdfast/plain';
import { ReplicaStoppedError } from './errors.ts';
import {
  execute,
  isDeterministic,
  put,
  type RowChange,
  type Statement,
  type Surroundings,
  type Table,
} from './table.ts';

/**
 * Statement replication: the replica executes what the source executed. With `safe`, statements that depend on who evaluates them are refused with
 * `UNSAFE_STATEMENT` (MySQL's mixed mode ships their rows instead); without it replicas come to differ.
 */
export function applyStatement(
  table: Table,
  statement: Statement,
  around: Surroundings,
  { safe = true }: { readonly safe?: boolean } = {},
): void {
  if (safe && !isDeterministic(statement)) {
    throw new ReplicaStoppedError(
      'UNSAFE_STATEMENT',
      'a statement that gives the same rows everywhere',
      statement,
      'ship its rows',
    );
  }
  execute(table, statement, around);
}

/**
 * Row replication: the row must be what it was at the source before. Throws `ROW_MISMATCH` when it is not (changes out of order, a row changed
 * here) and `SCHEMA_MISMATCH` when the source had other columns.
 */
export function applyRow(table: Table, change: RowChange, schemaVersion: number): void {
  if (schemaVersion !== table.schema.version) {
    const wanted = `a change of schema version ${table.schema.version}`;
    throw new ReplicaStoppedError('SCHEMA_MISMATCH', wanted, schemaVersion, 'migrate this replica first');
  }
  const held = table.rows[change.id] ?? null;
  if (!equalPlain(held, change.before)) {
    const wanted = `row ${change.id} before the change as ${encodePlain(change.before)}`;
    throw new ReplicaStoppedError('ROW_MISMATCH', wanted, held, 'copy the table again');
  }
  put(table, change.id, change.after);
}

/** Bytes of a table in pages, as the storage engine of `format` lays them out. */
export interface Pages {
  readonly format: number;
  /** Each of `PAGE_BYTES`. */
  readonly pages: Uint8Array[];
}

/** Size of a page. */
export const PAGE_BYTES = 64;

/** A run of bytes that changed in a page. */
export interface PageChange {
  readonly format: number;
  readonly page: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Lays a table out in pages; formats differ in the order of bytes. */
export function layOut(table: Table, format: number): Pages {
  const text = encodePlain(table.rows);
  const pages = Array.from(
    { length: Math.ceil((text.length * 2) / PAGE_BYTES) },
    () => new Uint8Array(PAGE_BYTES),
  );
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const page = pages[Math.floor((i * 2) / PAGE_BYTES)] as Uint8Array;
    const at = (i * 2) % PAGE_BYTES;
    const isSwapped = format % 2 === 0;
    page[at] = isSwapped ? unit & 0xff : unit >> 8;
    page[at + 1] = isSwapped ? unit >> 8 : unit & 0xff;
  }
  return { format, pages };
}

/** The bytes by which `after` differs from `before`, one run a page: the physical log. */
export function pageChanges(before: Pages, after: Pages): readonly PageChange[] {
  const changes: PageChange[] = [];
  for (let page = 0; page < Math.max(before.pages.length, after.pages.length); page++) {
    const old = before.pages[page] ?? new Uint8Array(PAGE_BYTES);
    const now = after.pages[page] ?? new Uint8Array(PAGE_BYTES);
    const offset = now.findIndex((byte, i) => byte !== old[i]);
    if (offset < 0 && before.pages[page] !== undefined) continue;
    const last = now.findLastIndex((byte, i) => byte !== old[i]);
    changes.push({
      format: after.format,
      page,
      offset: Math.max(0, offset),
      bytes: now.slice(Math.max(0, offset), last + 1),
    });
  }
  return changes;
}

/** Physical replication: the bytes go where they were at the source. Throws `FORMAT_MISMATCH` for another engine's bytes. */
export function applyPages(pages: Pages, change: PageChange): void {
  if (change.format !== pages.format) {
    const wanted = `bytes of storage format ${pages.format}`;
    throw new ReplicaStoppedError(
      'FORMAT_MISMATCH',
      wanted,
      change.format,
      'ship rows, or upgrade this replica',
    );
  }
  while (pages.pages.length <= change.page) pages.pages.push(new Uint8Array(PAGE_BYTES));
  pages.pages[change.page]?.set(change.bytes, change.offset);
}

/** What a column of the source becomes here; null when it is left out on purpose. */
export type ColumnMapping = Readonly<
  Record<string, { readonly to: string; readonly convert: (value: Plain) => Plain } | null>
>;

/**
 * Logical replication: a row's change by column names, mapped to this replica's schema. Throws `UNMAPPED_CHANGE` for a column that the mapping does not
 * name: stop and ask rather than lose it.
 */
export function applyLogical(table: Table, change: RowChange, mapping: ColumnMapping): void {
  const { id, after } = change;
  if (after === null) {
    put(table, id, null);
    return;
  }
  const next: Record<string, Plain> = { ...table.rows[id] };
  for (const [column, value] of Object.entries(after)) {
    const mapped = Object.hasOwn(mapping, column) ? mapping[column] : undefined;
    if (mapped === undefined) {
      throw new ReplicaStoppedError(
        'UNMAPPED_CHANGE',
        'columns the mapping names',
        column,
        'extend the mapping',
      );
    }
    if (mapped !== null) next[mapped.to] = mapped.convert(value);
  }
  put(table, id, next);
}
