import type { Finding, Rule } from '../project.ts';

const FIELDS = ['dependencies', 'devDependencies', 'optionalDependencies'];

/** What was tested is what gets installed. Peer dependencies are ranges by nature and are exempt. */
export const exactVersion: Rule = {
  id: 'exact-version',
  about: 'package.json files pin exact versions',
  check(project) {
    const findings: Finding[] = [];
    for (const file of project.files.values()) {
      if (!/(^|\/)package\.json$/.test(file.path)) continue;
      const manifest = project.json(file.path) as Record<string, Record<string, string>> | undefined;
      for (const [name, version] of FIELDS.flatMap((field) => Object.entries(manifest?.[field] ?? {}))) {
        if (/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) continue;
        const line = file.lines.findIndex((text) => text.includes(`"${name}": "${version}"`)) + 1;
        const message = `'${name}' is '${version}'; pin one exact version`;
        findings.push({ path: file.path, line, rule: 'exact-version', message });
      }
    }
    return findings;
  },
};
