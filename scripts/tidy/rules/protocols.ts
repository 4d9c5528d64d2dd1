import { dirname } from 'node:path/posix';
import type { Finding, Project, ProjectFile, Rule } from '../project.ts';
import { moduleUses } from '../syntax.ts';

const LABORATORY = /^packages\/protocols\/src\/(?!lab\/)[^/]+\/lab\.ts$/;
/** What a laboratory may take its safety from beside a file of its own folder: the promises of every Byzantine group. */
const SHARED = /(^|\/)(monitor|byzantine\/lab)\.ts$/i;

/** Safety is written down before anything runs: a laboratory watches its protocol through a file of safety properties. */
export const safetyFirst: Rule = {
  id: 'safety-first',
  about:
    'a protocol with a laboratory has a file of safety properties, monitor.ts, or takes that of a group of protocols',
  check: (project) =>
    laboratories(project).flatMap((file) =>
      hasSafety(project, file)
        ? []
        : [
            finding(
              file,
              'safety-first',
              'has no safety properties: write monitor.ts beside it, before the laboratory',
            ),
          ],
    ),
};

/** Nothing is live without an assumption about timing: what must come about is said with when things are calm, and how long it may then take. */
export const statedStabilisation: Rule = {
  id: 'stated-stabilisation',
  about:
    'a laboratory says within what time of calm its protocol recovers (recoverWithinMs), or that it does not promise to',
  check: (project) =>
    laboratories(project).flatMap((file) =>
      /\brecoverWithinMs: |\brecovers: false\b/.test(file.text)
        ? []
        : [
            finding(
              file,
              'stated-stabilisation',
              'promises liveness on no stated assumption: give bounds.recoverWithinMs, or recovers: false',
            ),
          ],
    ),
};

/** Files that declare a laboratory. */
function laboratories(project: Project): ProjectFile[] {
  return [...project.files.values()].filter(
    ({ path, text }) => LABORATORY.test(path) && /\bProtocolLab\b/.test(text) && /\bpromises\b/.test(text),
  );
}

function hasSafety(project: Project, file: ProjectFile): boolean {
  if (project.files.has(`${dirname(file.path)}/monitor.ts`)) return true;
  return file.tree !== undefined && moduleUses(file.tree).some(({ specifier }) => SHARED.test(specifier));
}

function finding({ path }: ProjectFile, rule: string, message: string): Finding {
  return { path, line: 1, rule, message };
}
