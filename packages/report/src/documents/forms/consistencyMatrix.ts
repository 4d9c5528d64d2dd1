import type { DocumentForm, FieldForm } from '../document.ts';
import { markdownTable } from '../table.ts';

/** A column of the matrix: one row per operation of the service. */
function column(name: string, heads: readonly string[]): FieldForm {
  return { name, sentence: (facts) => markdownTable(['operation', ...heads], facts.rows('rows')) };
}

/** What each operation of a service does while its regions cannot reach each other (S0.29). */
export const consistencyMatrix: DocumentForm = {
  name: 'consistency-matrix',
  title: 'Consistency matrix',
  purpose:
    'What each operation does while regions cannot reach each other, instead of one label for the whole service.',
  fields: [
    column('Operation', ['needs']),
    column('Partition behavior', ['in the region that decides', 'in the other region']),
    column('Read freshness', ['in the region that decides', 'in the other region']),
    column('Conflict policy', ['when both regions changed it', 'kept']),
    column('User-facing message', ['in the other region while cut off']),
    column('Reconciliation path', ['afterwards', 'regions agree in the end']),
    column('Metric/alert', ['metric', 'moved in the run']),
  ],
};
