import { formatDuration, formatTime } from '../text/format.ts';
import type { PlanFault, PlanMessage, RerunPlan } from './data.ts';

/** The plan with a message lost, late, or (with `undefined`) left to the network again. */
export function editMessage<P extends RerunPlan>(plan: P, message: number, edit: PlanMessage | undefined): P {
  const messages: Record<string, PlanMessage> = { ...plan.messages };
  delete messages[String(message)];
  if (edit !== undefined) messages[String(message)] = edit;
  return { ...plan, messages };
}

/** The plan without one of its faults. */
export function withoutFault<P extends RerunPlan>(plan: P, id: number): P {
  return { ...plan, faults: plan.faults.filter((fault) => fault.id !== id) };
}

/** The plan with a fault striking at another time, or for longer or shorter. */
export function retimeFault<P extends RerunPlan>(plan: P, id: number, atUs: number, forUs: number): P {
  return changeFault(plan, id, (fault) => ({ ...fault, atUs, forUs }));
}

/** The plan with a host moved to another side of a cut; sides count from 0. A side that becomes empty stays, empty. */
export function moveHost<P extends RerunPlan>(plan: P, id: number, host: string, side: number): P {
  return changeFault(plan, id, (fault) => {
    if (fault.groups?.[side] === undefined) return fault;
    const groups = fault.groups.map((group, i) => {
      const others = group.filter((name) => name !== host);
      return i === side ? [...others, host] : others;
    });
    return { ...fault, groups };
  });
}

/** The plan with one more pause or crash. */
export function addHostFault<P extends RerunPlan>(
  plan: P,
  kind: 'pause' | 'crash',
  host: string,
  atUs: number,
  forUs: number,
): P {
  const id = plan.faults.reduce((most, fault) => Math.max(most, fault.id), -1) + 1;
  return { ...plan, faults: [...plan.faults, { id, kind, host, atUs, forUs }] };
}

function changeFault<P extends RerunPlan>(plan: P, id: number, change: (fault: PlanFault) => PlanFault): P {
  return { ...plan, faults: plan.faults.map((fault) => (fault.id === id ? change(fault) : fault)) };
}

/** A fault of a plan in a few words. */
export function faultWords({ kind, groups, host }: PlanFault): string {
  if (groups !== undefined) {
    return `${kind} ${groups.map((group) => `{${group.join(',')}}`).join(' | ')}`;
  }
  return host === undefined ? kind : `${kind} ${host}`;
}

/** What makes a plan another one, one sentence each, in a fixed order; empty for equal plans. */
export function planChanges(before: RerunPlan, after: RerunPlan): readonly string[] {
  const said: string[] = [];
  if (after.seed !== before.seed) said.push(`seed ${after.seed} in place of ${before.seed}`);
  const messages = new Set([...Object.keys(before.messages ?? {}), ...Object.keys(after.messages ?? {})]);
  for (const number of [...messages].sort((a, b) => Number(a) - Number(b))) {
    const old = before.messages?.[number];
    const edit = after.messages?.[number];
    if (JSON.stringify(old) === JSON.stringify(edit)) continue;
    said.push(`message ${number} ${messageWords(edit)}`);
  }
  if (after.seed === before.seed) said.push(...faultChanges(before, after));
  if (after.endUs !== before.endUs) said.push(`the run ends at ${formatTime(after.endUs)}`);
  return said;
}

function messageWords(edit: PlanMessage | undefined): string {
  if (edit === undefined) return 'is left to the network again';
  return edit.kind === 'drop' ? 'is lost' : `takes ${formatDuration(edit.byUs)} longer`;
}

function faultChanges(before: RerunPlan, after: RerunPlan): readonly string[] {
  const old = new Map(before.faults.map((fault) => [fault.id, fault]));
  const now = new Map(after.faults.map((fault) => [fault.id, fault]));
  const said: string[] = [];
  for (const [id, fault] of old) if (!now.has(id)) said.push(`without ${faultWords(fault)}`);
  for (const [id, fault] of now) {
    const was = old.get(id);
    if (was !== undefined && JSON.stringify(was) === JSON.stringify(fault)) continue;
    const lasts = fault.forUs > 0 ? ` for ${formatDuration(fault.forUs)}` : '';
    said.push(`${faultWords(fault)} at ${formatTime(fault.atUs)}${lasts}`);
  }
  return said;
}
