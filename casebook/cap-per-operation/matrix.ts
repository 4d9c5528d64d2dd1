import { consistencyMatrix, type DocumentRecipe, type FieldSource, type RunResult } from 'holdfast';
import { type Class, FIELDS } from './model.ts';
import { answered, askedInCut, fieldOf, refusals } from './seen.ts';

/** What a class of field needs, what becomes of conflicts, and how it is watched. */
const CLASSES: Readonly<
  Record<
    Class,
    { readonly needs: string; readonly conflict: string; readonly after: string; readonly metric: string }
  >
> = {
  strong: {
    needs: 'the value every region agrees on',
    conflict: 'cannot arise: one region decides',
    after: 'nothing: the other region takes over what was decided',
    metric: 'changes refused, per field',
  },
  degraded: {
    needs: 'an answer, if an old one',
    conflict: 'the change with the later stamp wins',
    after: 'values are exchanged with their stamps',
    metric: 'changes accepted while cut off, per field',
  },
  merged: {
    needs: 'that no edit is lost',
    conflict: 'both stay: edits are a set that only grows',
    after: 'sets of edits are united',
    metric: 'edits accepted while cut off, per field',
  },
};

/** Fills the consistency matrix (S0.29): a row for every operation of the service, by what it did in the first seed's cut. */
export const matrix: DocumentRecipe = {
  form: consistencyMatrix,
  fill: (runs) => {
    const seed = runs.seeds.first;
    const result = runs.run('better', seed);
    const rows = Object.keys(FIELDS).map((field) => rowOf(field, result));
    const held = (promise: string): string =>
      result.verdicts.some((verdict) => verdict.promise === promise && verdict.status === 'holds')
        ? 'yes'
        : 'no';
    const of = (cells: (row: Row) => readonly string[]): FieldSource => ({
      facts: { rows: rows.map((row) => [`change ${row.field}`, ...cells(row)]) },
      evidence: rows.map(({ field, seen }) => ({ text: `${field}: ${seen}`, experiment: 'better', seed })),
    });
    const agree = held('regions agree in the end');
    const kept = {
      strong: held('linearizability'),
      degraded: agree,
      merged: held('no accepted edit is lost'),
    };
    return {
      Operation: of(({ kind }) => [CLASSES[kind].needs]),
      'Partition behavior': of(({ home, away }) => [home, away]),
      'Read freshness': of(({ homeReads, awayReads }) => [homeReads, awayReads]),
      'Conflict policy': of(({ kind }) => [CLASSES[kind].conflict, kept[kind]]),
      'User-facing message': of(({ message }) => [message]),
      'Reconciliation path': of(({ kind }) => [CLASSES[kind].after, agree]),
      'Metric/alert': of(({ kind, hasMoved }) => [CLASSES[kind].metric, hasMoved ? 'yes' : 'no']),
    };
  },
};

/** What the run showed of one operation. */
interface Row {
  readonly field: string;
  readonly kind: Class;
  readonly home: string;
  readonly away: string;
  readonly homeReads: string;
  readonly awayReads: string;
  readonly message: string;
  readonly hasMoved: boolean;
  readonly seen: string;
}

function rowOf(field: string, result: RunResult): Row {
  const about = (side: 'home' | 'away', isWrite: boolean): ReturnType<typeof askedInCut> =>
    askedInCut(result, { side, isWrite }).filter((operation) => fieldOf(operation) === field);
  const [home, away] = [about('home', true), about('away', true)];
  const kind = FIELDS[field] ?? 'degraded';
  const words = refusals(away);
  const accepted = answered(away).length;
  return {
    field,
    kind,
    home: behaviour(home),
    away: behaviour(away),
    homeReads: freshness(about('home', false), true, kind),
    awayReads: freshness(about('away', false), false, kind),
    message:
      words.length > 0
        ? words.join('; ')
        : accepted > 0
          ? 'saved; other places will show it later'
          : 'none seen',
    hasMoved: kind === 'strong' ? words.length > 0 : accepted > 0,
    seen: `${answered(home).length} of ${home.length} changes accepted in the home region, ${accepted} of ${away.length} in the other`,
  };
}

function behaviour(asked: ReturnType<typeof askedInCut>): string {
  if (asked.length === 0) return 'not asked';
  const share = answered(asked).length / asked.length;
  return share === 1 ? 'accepted' : share === 0 ? 'refused' : 'accepted in part';
}

function freshness(asked: ReturnType<typeof askedInCut>, isHome: boolean, kind: Class): string {
  if (asked.length === 0) return 'not asked';
  if (answered(asked).length === 0) return 'refused';
  return isHome && kind === 'strong' ? 'latest' : 'what this region knows';
}
