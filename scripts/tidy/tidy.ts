import type { Exemption } from './exemptions.ts';
import { type Finding, Project, type Rule } from './project.ts';
import { boundary } from './rules/boundaries.ts';
import { docstring, indexExports } from './rules/exports.ts';
import { exactVersion } from './rules/manifests.ts';
import { ambient, neutralImport } from './rules/neutral.ts';
import { safetyFirst, statedStabilisation } from './rules/protocols.ts';
import { columns, fileName, fileSize, functionLength, parses } from './rules/size.ts';
import { focused, machinePath, registryHost, silenced, unfinished, untyped } from './rules/words.ts';

/** The rules of the house, in the order a reader meets them. */
export const RULES: readonly Rule[] = [
  parses,
  boundary,
  neutralImport,
  ambient,
  indexExports,
  docstring,
  fileName,
  fileSize,
  functionLength,
  columns,
  unfinished,
  focused,
  silenced,
  untyped,
  machinePath,
  registryHost,
  exactVersion,
  safetyFirst,
  statedStabilisation,
];

/** Checks texts (by their path from the root) against every rule; findings by path, then line. */
export function tidy(texts: ReadonlyMap<string, string>, exemptions: readonly Exemption[]): Finding[] {
  const project = new Project(texts);
  const found = RULES.flatMap((rule) => rule.check(project));
  const excused = (finding: Finding): boolean =>
    exemptions.some((exemption) => exemption.rule === finding.rule && exemption.path === finding.path);
  const stale = exemptions.filter(
    (exemption) =>
      !found.some((finding) => finding.rule === exemption.rule && finding.path === exemption.path),
  );
  const findings = found.filter((finding) => !excused(finding));
  for (const { path, rule } of stale) {
    findings.push({
      path,
      line: 1,
      rule: 'stale-exemption',
      message: `no longer needs its exemption from ${rule}`,
    });
  }
  return findings.sort((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1));
}
