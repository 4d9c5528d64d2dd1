import type { Verdict } from '@holdfast/check';
import type { RunModel } from '../model/model.ts';
import type { RerunAnswer } from '../rerun/data.ts';
import { escapeHtml } from '../text/escape.ts';
import { counted } from '../text/format.ts';
import { statusBadge } from './tables.ts';
import { verdictTable } from './verdicts.ts';

/** A run that was made. */
export type Ran = Extract<RerunAnswer, { kind: 'ran' }>;

/** What has become of each promise, where it is not what it was. */
export function changedVerdicts(before: readonly Verdict[], after: readonly Verdict[]): readonly string[] {
  const was = new Map(before.map(({ promise, status }) => [promise, status]));
  return after
    .filter(({ promise, status }) => was.get(promise) !== status)
    .map(({ promise, status }) => `${promise}: ${was.get(promise) ?? 'not judged'} before, ${status} now`);
}

/** Another future beside the first: how it ended, where it parts from the first, and its verdicts. */
export function futureHtml(base: Ran, ran: Ran, model: RunModel, run: number, index: number): string {
  const changed = changedVerdicts(base.verdicts, ran.verdicts);
  const { divergence } = ran;
  const where =
    divergence === undefined
      ? '<p class="first-difference">Nothing differs: the two runs are one.</p>'
      : `<p class="first-difference">${escapeHtml(divergence.text)}. ` +
        `Show that event <a href="#run-${run}/e${divergence.event}" data-run="${run}" data-e="${divergence.event}">in the first run</a> or ` +
        `<a href="#run-${index}/e${divergence.event}" data-run="${index}" data-e="${divergence.event}">in this one</a>.</p>`;
  const list =
    changed.length === 0
      ? '<p>Every promise is judged as before.</p>'
      : `<ul class="changed-verdicts">${changed.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>`;
  return (
    `<h4>${statusBadge(ran.status)} The other future</h4>` +
    `<p class="muted">Digest ${escapeHtml(ran.digest)}, ${counted(ran.events, 'handled event')}, ${counted(ran.trace.events.length, 'event')} recorded</p>` +
    `${where}${list}<details class="more"><summary>All verdicts of the other future</summary>` +
    `${verdictTable(ran.verdicts, index, model)}</details>`
  );
}
