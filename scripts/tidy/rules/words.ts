import type { Finding, Project, ProjectFile, Rule } from '../project.ts';
import { walk } from '../syntax.ts';

/** A pattern that may not occur in a line; group 1, if any, is what the message names. */
interface Ban {
  readonly pattern: RegExp;
  readonly message: string;
  /** True when the line, or the one before it, makes the occurrence acceptable. */
  readonly unless?: (line: string, before: string) => boolean;
}

function lineRule(
  id: string,
  about: string,
  bans: readonly Ban[],
  only?: (file: ProjectFile) => boolean,
): Rule {
  const check = (project: Project): Finding[] => {
    const findings: Finding[] = [];
    for (const file of project.files.values()) {
      if (only?.(file) === false) continue;
      for (const [index, text] of file.lines.entries()) {
        for (const ban of bans) {
          const found = ban.pattern.exec(text);
          if (found === null || ban.unless?.(text, file.lines[index - 1] ?? '') === true) continue;
          const message = ban.message.replace('%', (found[1] ?? found[0]).trim());
          findings.push({ path: file.path, line: index + 1, rule: id, message });
        }
      }
    }
    return findings;
  };
  return { id, about, check };
}

function isCode(file: ProjectFile): boolean {
  return file.isCode;
}

/** True when a comment on the line, or the one before it, says why. */
function saysWhy(line: string, before: string): boolean {
  return /\/\/.*\bbecause\b/i.test(line) || /\/\/.*\bbecause\b/i.test(before);
}

/** Unfinished work is finished or filed, not left in the text. (The patterns are written so as not to match themselves.) */
export const unfinished: Rule = lineRule('unfinished', 'no notes of unfinished work in code or documents', [
  {
    pattern: /\b(TO[D]O|FIX[M]E|XX[X]|HAC[K])\b/,
    message: "'%' marks unfinished work; finish it or file it",
  },
]);

/** The suite runs whole, and each test can fail. */
export const focused: Rule = lineRule(
  'focused-test',
  'no focused, skipped or empty tests, unless a comment says why (because ...)',
  [
    {
      pattern: /\b((?:it|test|describe|suite)(?:\.\w+)*\.only)\(/,
      message: "'%' keeps the other tests from running",
    },
    {
      pattern: /\b((?:it|test|describe|suite)(?:\.\w+)*\.(?:skip|todo))\(/,
      message: "'%' leaves a test out; mend it, or say why in a comment (because ...)",
      unless: saysWhy,
    },
    { pattern: /expect\((?:true|1)\)/, message: "'%' cannot fail" },
  ],
  isCode,
);

/** A check is silenced only at one place and with its reason. */
export const silenced: Rule = lineRule(
  'silenced-check',
  'no check is silenced without a reason',
  [
    { pattern: /@ts-(?:ignor[e]|nochec[k])\b/, message: "'%' silences the compiler; mend the type" },
    {
      pattern: /@ts-expect-erro[r](?!\S*\s+\S+\s+\S+)/,
      message: "'%' needs its reason on the same line",
    },
    {
      pattern: /(?:oxlint|eslint)-disabl[e](?!.*\s--\s*\w)/,
      message: "'%' needs its reason after ' -- '",
    },
    { pattern: /biome-ignor[e](?!\s+\S+:\s*\w)/, message: "'%' needs its reason after a colon" },
  ],
  isCode,
);

/** The type that turns the compiler off. */
export const untyped: Rule = {
  id: 'untyped',
  about: "the type 'any' is not used",
  check(project) {
    const findings: Finding[] = [];
    for (const file of project.code()) {
      if (file.tree === undefined) continue;
      walk(file.tree, (node) => {
        if (node.type !== 'TSAnyKeyword') return;
        const message = "'any' turns the compiler off; say the type, or use unknown";
        findings.push({ path: file.path, line: file.lineAt(node.start), rule: 'untyped', message });
      });
    }
    return findings;
  },
};

/** What is committed works on every machine. */
export const machinePath: Rule = lineRule('machine-path', 'no path of one machine', [
  {
    pattern: /(?<![\w.$})~-])(\/(?:wor[k]|tm[p]|roo[t])\/)/,
    message: "'%' is a path of one machine; use a relative path or the system's own folder for such files",
  },
]);

/** The project does not say where packages come from. */
export const registryHost: Rule = lineRule('registry-host', 'no registry address, in lock files either', [
  { pattern: /"resolved":\s*"(https?:\/\/[^"]*)"/, message: "'%' names a registry; lock without addresses" },
  { pattern: /^\s*(?:\S*:)?(registry\s*=)/, message: "'%' names a registry" },
  {
    pattern:
      /\b(registr[y]\.[a-z0-9-]+\.[a-z]{2,}|https?:\/\/[^\s"'/]*(?:registr[y]|artifactor[y]|verdacci[o])[^\s"'/]*)/,
    message: "'%' is a registry's address",
  },
]);
