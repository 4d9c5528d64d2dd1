/** A row of the project's list (docs/rows.json): something to build and to show by a test. */
export interface Row {
  /** `S<document>.<number>`. */
  readonly id: string;
  /** What kind of thing it is: CASE, CONS, NET, ... */
  readonly group: string;
  /** 1 core, 2 breadth, 3 reach. */
  readonly wave: number;
  readonly title: string;
}

/** The five documents the rows come from, by the number in their ids. */
export const DOCUMENTS: readonly string[] = [
  'Case studies',
  'Compendium chapter',
  'Foundations track',
  'Research note',
  'Course module',
];

/** Reads docs/rows.json; throws what is wrong with it, as the rest relies on every field. */
export function readRows(text: string): Row[] {
  const rows: unknown = JSON.parse(text);
  if (!Array.isArray(rows)) throw new Error('Cannot read the rows as they must be a list');
  const seen = new Set<string>();
  return rows.map((row: Partial<Row>) => {
    const { id, group, wave, title } = row;
    const document = DOCUMENTS[Number(/^S(\d)\.\d+$/.exec(id ?? '')?.[1])];
    if (id === undefined || group === undefined || wave === undefined || title === undefined) {
      throw new Error(`Cannot read a row as id, group, wave and title are needed: ${JSON.stringify(row)}`);
    }
    if (document === undefined || seen.has(id)) {
      throw new Error(`Cannot read row ${id} as ids are S0.1 and the like, each once`);
    }
    seen.add(id);
    return { id, group, wave, title };
  });
}

/** The ids a test's name carries: single ones, lists, and ranges such as `S1.86 to S1.90`, both ends included. */
export function idsIn(name: string): string[] {
  const ids = new Set<string>();
  for (const match of name.matchAll(/\bS(\d)\.(\d+)(?:\s*(?:to|-|–)\s*S(\d)\.(\d+))?/g)) {
    const [, document, first, lastDocument, last] = match;
    if (lastDocument !== undefined && (lastDocument !== document || Number(last) < Number(first))) {
      ids.add(`S${document}.${first}`).add(`S${lastDocument}.${last}`);
      continue;
    }
    for (let n = Number(first); n <= Number(last ?? first); n++) ids.add(`S${document}.${n}`);
  }
  return [...ids];
}
