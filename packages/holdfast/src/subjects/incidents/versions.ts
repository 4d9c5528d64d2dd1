import type { Experiment } from '../../experiment/experiment.ts';
import type { FaultDraft } from '../../faults/spec.ts';
import { SketchCaller } from '../sketch/caller.ts';
import type { SketchMessage, SketchNode, SketchOptions, SketchProgram } from '../sketch/options.ts';
import { incidentExperiment, regularly } from './incident.ts';

/** Ways to change a message that old receivers take for something else. */
export const VERSION_DEFECTS = ['another-meaning-of-one-field', 'another-field-instead'] as const;
/** One of them. */
export type VersionDefect = (typeof VERSION_DEFECTS)[number];
/** Who is upgraded first. */
export type FirstUpgraded = 'shop' | 'bank';

/** What must be so whatever versions are at work. */
export const BOOKED = 'what was paid is what was booked';

const BANK = 1;

/** A payment as a version writes it: the first in whole euros, the second in cents. */
function written(euros: number, version: 1 | 2, defect: VersionDefect | null): SketchMessage {
  if (version === 1) return { type: 'pay', amount: euros };
  if (defect === 'another-meaning-of-one-field') return { type: 'pay', amount: euros * 100 };
  return { type: 'pay', version: 2, cents: euros * 100 };
}

/** The cents of a payment as a version reads it. The first knows of no other: what it does not know it leaves out. */
function cents(message: SketchMessage, version: 1 | 2, defect: VersionDefect | null): number {
  const { amount = 0 } = message as { readonly amount?: number };
  if (version === 1) return amount * 100;
  if (defect === 'another-meaning-of-one-field') return amount;
  return message['version'] === 2 ? Number(message['cents']) : amount * 100;
}

/** Sends payments, and the newer way only to whom has said that it reads it. */
function shop(node: SketchNode, version: 1 | 2, defect: VersionDefect | null): SketchProgram {
  const caller = new SketchCaller(node, 100);
  return {
    request: ({ id, input }, answer) => {
      const speaks = version === 2 && (defect !== null || node.kept['bankSpeaks'] === 2) ? 2 : 1;
      const payment = { ...written(Number(input), speaks, defect), key: `payment-${id}` };
      caller.call(BANK, payment, (heard) => {
        node.kept['bankSpeaks'] = heard['speaks'] ?? 1;
        answer({ outcome: 'ok', output: null });
      });
    },
    message: (_from, message) => {
      caller.heard(message);
    },
    timer: (name) => {
      caller.timer(name);
    },
  };
}

/** Books each payment once. */
function bank(node: SketchNode, version: 1 | 2, defect: VersionDefect | null): SketchProgram {
  const done = (node.kept['done'] ??= {}) as Record<string, true>;
  return {
    message: (from, { key, ...message }) => {
      if (done[key] !== true) node.effect('books', key, cents(message, version, defect));
      done[key] = true;
      const speaks = version === 2 ? { speaks: 2 } : {};
      node.send(from, { type: 'booked', key, call: message['call'] ?? '', ...speaks });
    },
  };
}

/**
 * Two versions of a message at work at once. The newer shop writes the older way until the bank has said what it reads; a broken one writes the newer
 * way at once, and the older bank takes it for something else, silently.
 */
export function versionsExperiment(defect: VersionDefect | null, first: FirstUpgraded): Experiment {
  const at =
    (version: 1 | 2): SketchOptions['program'] =>
    (node) =>
      node.index === BANK ? bank(node, version, defect) : shop(node, version, defect);
  const upgrade = (host: string, atUs: number): FaultDraft => {
    return { kind: 'upgrade', host, version: 'v2', atUs, forUs: 100_000 };
  };
  return incidentExperiment({
    name: `two-versions-${first}-first${defect === null ? '' : `-${defect}`}`,
    nodes: ['shop', 'bank'],
    operations: ['pay'],
    clients: 1,
    asks: { timeoutMs: 2_000 },
    program: at(1),
    versions: { v2: at(2) },
    steps: (choices) =>
      regularly(choices, { fromMs: 500, untilMs: 7_500, everyMs: 100 }, (n) => {
        return { client: 0, f: 'pay', key: `order-${n}`, input: 1 + (n % 9) };
      }),
    faults: [upgrade(first, 2_500_000), upgrade(first === 'shop' ? 'bank' : 'shop', 5_000_000)],
    promises: [BOOKED],
    judge: ({ operations, effects }) => {
      const paid = operations.filter(({ outcome }) => outcome === 'ok');
      const due = paid.reduce((sum, { input }) => sum + Number(input) * 100, 0);
      // What was booked for somebody who never heard of it is not counted against anybody.
      const sure = paid.length === operations.length;
      const booked = effects.reduce((sum, { data }) => sum + Number(data), 0);
      const kept = sure
        ? booked === due
        : booked >= due && booked <= due + 900 * (operations.length - paid.length);
      const reason = `${paid.length} payments of ${due} cents in all were answered, ${booked} cents were booked`;
      return [{ promise: BOOKED, kept, reason, examined: paid.length }];
    },
  });
}
