import { clonePlain, type Plain } from '@holdfast/plain';
import type { CoordinationResult, Recipe, RecipeAsk } from '@holdfast/protocols';
import type { SketchNode, SketchProgram } from '../../subjects/sketch/options.ts';
import type { SchedulerDesign } from './design.ts';

/** The place of the service. */
export const SERVICE = 0;
/** The place of the storage. */
export const STORAGE = 1;
/** How long a session lasts without being renewed. */
export const TTL_MS = 600;
const RENEW_MS = TTL_MS / 3;
const AGAIN_MS = 150;
const WORK_MS = 40;

/** A scheduler believes to lead. */
export const LEADS = 'leads';
/** The storage carries out a command. */
export const DONE = 'done';
/** The storage refuses one. */
export const REFUSED = 'refused';

/**
 * A scheduler that follows a design: it campaigns, works while it believes to lead, renews its session, and begins anew once it hears that the session is
 * over. What it was about to do when it was paused it does when it wakes.
 */
export function schedulerProgram(node: SketchNode, design: SchedulerDesign): SketchProgram {
  let session = 0;
  let recipe: Recipe<Plain> | undefined;
  let asked: { readonly id: number; readonly ask: RecipeAsk } | undefined;
  let shown: Plain | undefined;

  const ask = (): void => {
    if (asked === undefined) return;
    node.send(SERVICE, { type: 'ask', id: asked.id, ask: clonePlain(asked.ask) as unknown as Plain });
    node.timer('again', AGAIN_MS);
  };
  const take = (step: IteratorResult<RecipeAsk, Plain>): void => {
    asked = undefined;
    node.stop('again');
    if (step.done === true) {
      shown = clonePlain(step.value);
      node.effect(LEADS, String(session));
      node.timer('work', WORK_MS);
      return;
    }
    node.kept['asks'] = Number(node.kept['asks'] ?? 0) + 1;
    asked = { id: Number(node.kept['asks']), ask: step.value };
    ask();
  };
  const campaign = (): void => {
    shown = undefined;
    node.stop('work');
    node.kept['sessions'] = Number(node.kept['sessions'] ?? 0) + 1;
    session = node.index * 1_000 + Number(node.kept['sessions']);
    recipe = design.lead(session, TTL_MS);
    node.timer('renew', RENEW_MS);
    go(() => recipe?.next(undefined as never));
  };
  /** A design that throws, mostly as its session is over, begins anew. */
  const go = (next: () => IteratorResult<RecipeAsk, Plain> | undefined): void => {
    try {
      const step = next();
      if (step !== undefined) take(step);
    } catch {
      asked = undefined;
      node.timer('campaign', AGAIN_MS);
    }
  };
  node.timer('campaign', 50 * node.index);
  return {
    message: (_from, message) => {
      if (message.type === 'told' && asked !== undefined && message['id'] === asked.id)
        go(() => recipe?.next(message['result'] as unknown as CoordinationResult));
      if (message.type === 'gone' && message['session'] === session) campaign();
    },
    timer: (name) => {
      if (name === 'campaign') campaign();
      if (name === 'again') ask();
      if (name === 'renew') {
        node.send(SERVICE, { type: 'renew', session });
        node.timer('renew', RENEW_MS);
      }
      if (name === 'work' && shown !== undefined) {
        node.send(STORAGE, { type: 'job', key: String(session), shown: clonePlain(shown) });
        node.timer('work', WORK_MS);
      }
    },
  };
}

/** The storage: carries out what the design lets through. */
export function storageProgram(node: SketchNode, design: SchedulerDesign): SketchProgram {
  return {
    message: (_from, message) => {
      const before = (node.kept['remembered'] ?? null) as Plain;
      const { accepted, remembered } = design.accept(clonePlain(before), message['shown'] ?? null);
      node.kept['remembered'] = clonePlain(remembered);
      node.effect(accepted ? DONE : REFUSED, message.key);
    },
  };
}
