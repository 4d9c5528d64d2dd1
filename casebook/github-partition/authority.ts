import type { Outbox } from 'holdfast';
import {
  type Control,
  EAST,
  type Message,
  type Policy,
  type Result,
  type Site,
  STEPS,
  type Step,
  TIMES,
  WEST,
} from './model.ts';

type Out = Outbox<Message, Result>;

/** The authority when nothing has happened yet. */
export function newControl(): Control {
  return { phase: 'normal', mode: 'normal', step: '', seen: {}, told: {}, ready: true, keep: 0 };
}

const other = (site: number): number => (site === EAST ? WEST : EAST);

/** A message to the authority. */
export function hear(site: Site, from: number, message: Message, defect: string | undefined, out: Out): void {
  const { control } = site;
  if (control === null) return;
  if (message.type === 'beat') hearBeat(site, control, from, message, out);
  else if (message.type === 'told' && control.step === 'compare' && message.epoch === site.epoch) {
    control.told[from] = [...message.ids];
    compare(site, control, out);
  } else if (message.type === 'aside' && control.step === 'reconcile' && message.epoch === site.epoch) {
    enter(control, 'rebuild', {}, out);
  }
  // Broken twin: what was never compared is cut all the same.
  if (defect === 'skips-comparison' && control.step === 'compare') {
    control.keep = Math.min(control.seen[EAST]?.length ?? 0, control.seen[WEST]?.length ?? 0);
    enter(control, 'reconcile', {}, out);
  }
}

function hearBeat(
  site: Site,
  control: Control,
  from: number,
  { epoch, length, acked, digest, both }: Extract<Message, { type: 'beat' }>,
  out: Out,
): void {
  const { primary } = site;
  control.seen[from] = { length, acked, digest, both };
  if (from === primary && epoch === site.epoch && control.phase === 'normal')
    out.setTimer('watch', TIMES.watch);
  const [leads, follows] = [control.seen[primary], control.seen[other(primary)]];
  if (leads?.both === true && (follows?.length ?? 0) >= leads.acked) control.ready = true;
  // The site that was lost is back, in whatever epoch it thinks it lives.
  const isBack = from === other(primary) || control.mode === 'read-only';
  if (control.phase === 'split' && isBack && (from === EAST || epoch < site.epoch)) begin(site, control, out);
  if (control.step === 'rebuild' && leads !== undefined && follows !== undefined) {
    if (leads.length === follows.length && leads.digest === follows.digest) announce(site, control, out);
  }
  grant(site, from, out);
}

function grant({ epoch, primary, inSync, control }: Site, to: number, out: Out): void {
  out.send(to, { type: 'grant', epoch, primary, inSync: [...inSync], mode: control?.mode ?? 'normal' });
}

/** A timer of the authority. */
export function fire(site: Site, timer: string, policy: Policy, out: Out): void {
  const { control } = site;
  if (control === null) return;
  if (timer === 'watch') silent(site, control, policy, out);
  else if (timer === 'operator') promote(site, control, out);
  else if (timer === 'step') drive(site, control, out);
}

/** The primary has not been heard for long: its lease is over, and the policy says what comes next. */
function silent(site: Site, control: Control, policy: Policy, out: Out): void {
  control.phase = 'split';
  out.note('silent', { primary: site.primary });
  if (policy === 'both-writable' || policy === 'single-authority') {
    promote(site, control, out);
    return;
  }
  control.mode = 'read-only';
  if (policy === 'manual-gate') out.setTimer('operator', TIMES.operator);
}

function promote(site: Site, control: Control, out: Out): void {
  if (control.phase !== 'split' || !control.ready) return;
  site.epoch++;
  site.primary = other(site.primary);
  site.inSync = [site.primary];
  Object.assign(control, { mode: 'normal', ready: false });
  out.note('appointed', { epoch: site.epoch, primary: site.primary });
  for (const to of [EAST, WEST]) grant(site, to, out);
}

function enter(control: Control, step: Step, data: object, out: Out): void {
  control.step = step;
  out.note('recovery', { step, place: STEPS.indexOf(step), ...data });
}

/** Connectivity is back. No appointment from now on until the recovery is over. */
function begin(site: Site, control: Control, out: Out): void {
  Object.assign(control, { phase: 'recovering', told: {} });
  out.cancelTimer('watch');
  out.cancelTimer('operator');
  enter(control, 'stop-churn', { primary: site.primary }, out);
  enter(control, 'compare', {}, out);
  drive(site, control, out);
}

/** Says again what has not been answered. */
function drive(site: Site, control: Control, out: Out): void {
  if (control.phase !== 'recovering') return;
  const { epoch, primary } = site;
  if (control.step === 'compare') for (const to of [EAST, WEST]) out.send(to, { type: 'tell', epoch });
  if (control.step === 'reconcile')
    out.send(other(primary), { type: 'set-aside', epoch, keep: control.keep });
  out.setTimer('step', TIMES.beat);
}

/** Both logs side by side: what only the site that was lost holds has diverged. */
function compare(site: Site, control: Control, out: Out): void {
  const base = control.told[site.primary];
  const lost = control.told[other(site.primary)];
  if (base === undefined || lost === undefined) return;
  let keep = 0;
  while (keep < base.length && keep < lost.length && base[keep] === lost[keep]) keep++;
  control.keep = keep;
  out.note('compared', { site: other(site.primary), keep, divergent: lost.slice(keep) });
  enter(control, 'order', { base: site.primary }, out);
  enter(control, 'reconcile', { keep }, out);
  drive(site, control, out);
}

function announce(site: Site, control: Control, out: Out): void {
  site.inSync = [EAST, WEST];
  enter(control, 'announce', {}, out);
  Object.assign(control, { phase: 'normal', mode: 'normal', step: '' });
  out.cancelTimer('step');
  out.setTimer('watch', TIMES.watch);
}
