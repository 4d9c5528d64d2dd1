import type { PlanFault, Rerun, RerunPlan } from '../rerun/data.ts';
import { faultWords } from '../rerun/edits.ts';
import type { RunReport } from '../run.ts';
import { escapeHtml, escapeJson } from '../text/escape.ts';

/** Faults of a plan that can be edited at once; the panel says how many more there are. */
const SHOWN_FAULTS = 40;

const PRINTS = [
  ['shiviz', 'ShiViz log'],
  ['mermaid', 'Mermaid diagram'],
  ['chrome', 'Chrome trace'],
  ['json', 'JSON'],
]
  .map(([value, text]) => `<option value="${value}">${text}</option>`)
  .join('');

/** What a page needs to know of a rerun, without the code, which the page carries once. */
export type RerunHead = Omit<Rerun, 'code'>;

/** The place where a run is run again and changed. Hidden until a script can do it; says why when nothing can. */
export function whatIfHtml(run: RunReport, index: number): string {
  const { rerun, noRerun } = run;
  if (rerun === undefined) {
    if (noRerun === undefined) return '';
    return `<h3>Another future</h3><p class="muted">This page cannot run it again: ${escapeHtml(noRerun)}</p>`;
  }
  const { code: _, ...head } = rerun;
  const hosts = run.trace.nodes.map(({ name }) => name);
  const id = `run-${index}-whatif`;
  return `<section class="whatif" aria-labelledby="${id}" hidden>
<h3 id="${id}">Another future</h3>
<p class="rerun" role="status">The run is being made again in this page.</p>
<p class="muted">Change something, and the run is made again with only that changed. Nothing leaves this page.</p>
<div class="knobs">${messageKnobs()}${hostKnobs(hosts)}${planKnobs(rerun.plan)}
<fieldset class="faults"><legend>Planned faults</legend><div class="rows">${faultRows(rerun.plan)}</div></fieldset></div>
<div class="changes" hidden><h4>What is changed</h4><ol></ol>
<button type="button" data-edit="undo">Undo the last change</button> <button type="button" data-edit="reset">Undo all</button>
<button type="button" data-edit="save">Save as evidence</button></div>
<p class="refused" role="alert" hidden></p>
<div class="handout"><label>The run as changed, as <select data-field="print">${PRINTS}</select></label> ${button('print', 'Save it')}</div>
<div class="future" hidden></div>
<script type="application/json" data-rerun>${escapeJson(JSON.stringify(head))}</script>
</section>`;
}

function field(name: string, label: string, value: number | '', unit: string): string {
  return (
    `<label>${label} <input type="number" min="0" step="any" data-field="${name}" value="${value}">` +
    `${unit === '' ? '' : ` ${unit}`}</label>`
  );
}

function button(edit: string, text: string, extra = ''): string {
  return `<button type="button" data-edit="${edit}"${extra}>${text}</button>`;
}

function messageKnobs(): string {
  return (
    '<fieldset><legend>A message</legend><p class="chosen">Select an arrow in the picture above.</p>' +
    `<div>${button('drop', 'Lose it')} ${field('delay', 'or delay it by', 100, 'ms')} ${button('delay', 'Delay it')}</div></fieldset>`
  );
}

function hostKnobs(hosts: readonly string[]): string {
  const options = hosts.map((name) => `<option>${escapeHtml(name)}</option>`).join('');
  return (
    `<fieldset><legend>A host</legend><div><label>Host <select data-field="host">${options}</select></label> ` +
    `${field('hostAt', 'at', 0, 'ms')} ${field('hostFor', 'for', 500, 'ms')}</div>` +
    `<div>${button('pause', 'Pause it')} ${button('crash', 'Crash it')}</div></fieldset>`
  );
}

function planKnobs(plan: RerunPlan): string {
  return (
    `<fieldset><legend>The whole run</legend><div>${field('seed', 'Seed', plan.seed, '')} ${button('seed', 'Run this seed')}</div>` +
    `<div>${field('end', 'Until', plan.endUs / 1000, 'ms')} ${button('end', 'Run until then')}</div></fieldset>`
  );
}

/** One row for every fault of a plan: when, how long, who is on which side. */
export function faultRows(plan: RerunPlan): string {
  if (plan.faults.length === 0) return '<p class="muted">The plan has none.</p>';
  const rows = plan.faults.slice(0, SHOWN_FAULTS).map(faultRow).join('');
  const more = plan.faults.length - SHOWN_FAULTS;
  return more > 0 ? `${rows}<p class="muted">and ${more} more, which stay as they are.</p>` : rows;
}

function faultRow(fault: PlanFault): string {
  const sides = (fault.groups ?? []).map((group, side) => sideHtml(fault, group, side)).join(' | ');
  return (
    `<div class="fault" role="group" aria-label="${escapeHtml(faultWords(fault))}" data-fault="${fault.id}">` +
    `<p>${escapeHtml(faultWords(fault))}</p><div>${field('at', 'at', fault.atUs / 1000, 'ms')} ${field('for', 'for', fault.forUs / 1000, 'ms')} ` +
    `${button('retime', 'Move it')} ${button('remove', 'Remove it')}</div>${sides === '' ? '' : `<p class="sides">Move to the next side: ${sides}</p>`}</div>`
  );
}

function sideHtml(fault: PlanFault, group: readonly string[], side: number): string {
  const next = (side + 1) % (fault.groups?.length ?? 1);
  return group
    .map((host) => {
      const name = escapeHtml(host);
      return button(
        'side',
        name,
        ` data-host="${name}" data-side="${next}" aria-label="Move ${name} to side ${next + 1}"`,
      );
    })
    .join(' ');
}
