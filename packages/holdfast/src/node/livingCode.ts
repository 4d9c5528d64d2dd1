import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeDigest, type Rerun } from '@holdfast/report';
import { buildSync } from 'esbuild';
import type { RunPlan } from '../simulate/plan.ts';
import { messageOf } from './inputError.ts';
import type { ExperimentReference } from './resolveExperiment.ts';

/** Code that makes the runs of an experiment in a browser, or the reason why there is none. */
export type LivingCode =
  | { readonly kind: 'code'; readonly code: string; readonly digest: string }
  | { readonly kind: 'none'; readonly reason: string };

/** Whether this program runs from its sources. */
const FROM_SOURCE = import.meta.url.endsWith('.ts');
const OWN = new URL('..', import.meta.url);
const known = new Map<string, LivingCode>();

/**
 * The experiment, the simulator and everything they need as one script for a worker of a page. Code that needs more than the
 * language (a file, a socket) cannot be carried: that is a reason, not an error. Built once per process and file.
 */
export function livingCode(reference: ExperimentReference): LivingCode {
  const key = reference.kind === 'built-in' ? '' : reference.path;
  const found = known.get(key) ?? bundle(reference);
  known.set(key, found);
  return found;
}

/** What a report carries to run a run again; undefined with a reason when it cannot. */
export function rerunOf(
  plan: RunPlan,
  reference: ExperimentReference,
  file: string | undefined,
): { readonly rerun: Rerun } | { readonly noRerun: string } {
  const living = livingCode(reference);
  if (living.kind === 'none') return { noRerun: living.reason };
  const { code, digest } = living;
  const { name: experiment } = reference;
  return { rerun: { code, codeDigest: digest, experiment, plan, ...(file === undefined ? {} : { file }) } };
}

function bundle(reference: ExperimentReference): LivingCode {
  try {
    const { outputFiles } = buildSync({
      stdin: { contents: entry(reference), resolveDir: dirname(fileURLToPath(OWN)), loader: 'js' },
      // One copy of Holdfast, this one, wherever the file finds its own.
      alias: { holdfast: own('index') },
      bundle: true,
      minify: true,
      write: false,
      format: 'iife',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      // Module by module, so that what a page does not need stays out.
      conditions: [FROM_SOURCE ? 'holdfast:source' : 'holdfast:modules'],
      target: 'es2022',
      charset: 'ascii',
      legalComments: 'none',
      logLevel: 'silent',
    });
    const code = outputFiles[0]?.text.trim() ?? '';
    return { kind: 'code', code, digest: codeDigest(code) };
  } catch (error) {
    return { kind: 'none', reason: firstProblem(error) };
  }
}

/** The script's own few lines: find the experiment, answer messages. */
function entry(reference: ExperimentReference): string {
  const rerunner = `import { experimentNamed, Rerunner } from ${JSON.stringify(own('living/index'))};`;
  const source =
    reference.kind === 'built-in'
      ? `import { BUILT_IN } from ${JSON.stringify(own('node/builtIn'))};
         const named = (name) => BUILT_IN.find((one) => one.name === name)?.load();`
      : `import found from ${JSON.stringify(reference.path)};
         const named = (name) => experimentNamed(found, name);`;
  return `${rerunner}\n${source}
    const rerunner = new Rerunner(named);
    onmessage = (event) => postMessage(rerunner.answer(event.data));`;
}

function own(module: string): string {
  return fileURLToPath(new URL(`${module}${FROM_SOURCE ? '.ts' : '.js'}`, OWN));
}

function firstProblem(error: unknown): string {
  const problems = (error as { readonly errors?: readonly { readonly text: string }[] }).errors;
  return problems?.[0]?.text ?? messageOf(error);
}
