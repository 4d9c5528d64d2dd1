import type { Plain } from '@holdfast/plain';

/** The columns of a table, by version of their definition. */
export interface Schema {
  readonly version: number;
  readonly columns: readonly string[];
}

/** One row: values by column; a column that is absent is null. */
export type Row = Readonly<Record<string, Plain>>;

/** A table, changed in place: rows by their id. */
export interface Table {
  readonly schema: Schema;
  readonly rows: Record<string, Row>;
}

/** What a column is set to. `now` and `random` depend on who evaluates them. */
export type Expression =
  | { readonly literal: Plain }
  | { readonly column: string; readonly plus: number }
  | { readonly now: true }
  | { readonly random: true };

/** What an application asks of a table. Without `where` a statement touches every row. */
export type Statement =
  | { readonly kind: 'insert'; readonly id: string; readonly set: Readonly<Record<string, Expression>> }
  | { readonly kind: 'update'; readonly where?: Match; readonly set: Readonly<Record<string, Expression>> }
  | { readonly kind: 'delete'; readonly where?: Match };

/** Rows in which a column has a value. */
export interface Match {
  readonly column: string;
  readonly equals: Plain;
}

/** What a statement may ask of the node that evaluates it. */
export interface Surroundings {
  now(): number;
  random(): number;
}

/** One row before and after; null where it was or is not there. */
export interface RowChange {
  readonly id: string;
  readonly before: Row | null;
  readonly after: Row | null;
}

/** An empty table. */
export function emptyTable(schema: Schema): Table {
  return { schema, rows: {} };
}

/** Executes a statement in place; gives the rows it changed, in order of their ids. */
export function execute(table: Table, statement: Statement, around: Surroundings): readonly RowChange[] {
  if (statement.kind === 'insert') {
    return [put(table, statement.id, evaluate({}, statement.set, around))];
  }
  const { where } = statement;
  const ids = Object.keys(table.rows).sort();
  const matching = ids.filter((id) => where === undefined || table.rows[id]?.[where.column] === where.equals);
  return matching.map((id) => {
    const row = table.rows[id] ?? {};
    return put(table, id, statement.kind === 'delete' ? null : evaluate(row, statement.set, around));
  });
}

/** Whether every node that executes the statement on the same rows comes to the same result. */
export function isDeterministic(statement: Statement): boolean {
  if (statement.kind === 'delete') return true;
  return Object.values(statement.set).every((value) => !('now' in value) && !('random' in value));
}

/** Sets or removes a row in place. */
export function put(table: Table, id: string, after: Row | null): RowChange {
  const before = table.rows[id] ?? null;
  if (after === null) delete table.rows[id];
  else table.rows[id] = after;
  return { id, before, after };
}

function evaluate(row: Row, set: Readonly<Record<string, Expression>>, around: Surroundings): Row {
  const next: Record<string, Plain> = { ...row };
  for (const [column, expression] of Object.entries(set)) {
    if ('literal' in expression) next[column] = expression.literal;
    else if ('column' in expression) next[column] = Number(row[expression.column] ?? 0) + expression.plus;
    else next[column] = 'now' in expression ? around.now() : around.random();
  }
  return next;
}
