import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path/posix';
import { type Finding, packageOf, type Project, type ProjectFile, type Rule } from '../project.ts';
import { moduleUses } from '../syntax.ts';

/** Which packages the sources of a package may import. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  plain: [],
  trace: ['plain'],
  world: ['plain', 'trace'],
  protocols: ['plain'],
  check: ['plain'],
  explore: ['plain', 'trace', 'protocols', 'check', 'world'],
  report: ['plain', 'trace', 'check'],
  patterns: [],
  programs: ['plain', 'trace', 'world'],
  live: ['plain', 'trace', 'world', 'check', 'protocols'],
  holdfast: [
    'plain',
    'trace',
    'world',
    'protocols',
    'check',
    'explore',
    'report',
    'patterns',
    'programs',
    'live',
  ],
};

const DEPENDENCY_FIELDS = ['dependencies', 'peerDependencies', 'optionalDependencies'];

/** Packages point one way; a folder is left through a package's entry, never by a relative path. */
export const boundary: Rule = {
  id: 'boundary',
  about: 'imports follow the order of the packages and leave a folder only by a package name',
  check(project) {
    const findings: Finding[] = [];
    for (const file of project.files.values()) {
      for (const [line, message] of fileFaults(project, file)) {
        findings.push({ path: file.path, line, rule: 'boundary', message });
      }
    }
    return findings;
  },
};

type Fault = readonly [line: number, message: string];

function fileFaults(project: Project, file: ProjectFile): Fault[] {
  const place = packageOf(file.path);
  if (place?.inside === 'package.json') return manifestFaults(project, file, place.name);
  if (!file.isCode) return [];
  if (place?.inside.startsWith('src/') === true) {
    return useFaults(file, (specifier) => sourceFault(project, file.path, place.name, specifier));
  }
  if (place?.inside.startsWith('test/') === true) {
    return useFaults(file, (specifier) => leaves(file.path, specifier, `packages/${place.name}/`));
  }
  const outside = /^(casebook|examples)\//.exec(file.path);
  if (outside !== null) return useFaults(file, (specifier) => userFault(file.path, specifier, outside[0]));
  return [];
}

function useFaults(file: ProjectFile, judge: (specifier: string) => string | undefined): Fault[] {
  const faults: Fault[] = [];
  for (const use of moduleUses(file.tree)) {
    const message = judge(use.specifier);
    if (message !== undefined) faults.push([file.lineAt(use.start), message]);
  }
  return faults;
}

function manifestFaults(project: Project, file: ProjectFile, name: string): Fault[] {
  const allowed = MAY_IMPORT[name];
  if (allowed === undefined) {
    return [
      [1, `the package ${name} has no place in the order of packages (scripts/tidy/rules/boundaries.ts)`],
    ];
  }
  const faults: Fault[] = [];
  for (const dependency of declared(project, name)) {
    const target = /^@holdfast\/(.+)$/.exec(dependency)?.[1];
    if (target === undefined || allowed.includes(target)) continue;
    const line = file.lines.findIndex((text) => text.includes(`"${dependency}"`)) + 1;
    faults.push([line, `${name} may not depend on ${dependency}`]);
  }
  return faults;
}

function declared(project: Project, name: string): string[] {
  const manifest = project.json(`packages/${name}/package.json`);
  if (typeof manifest !== 'object' || manifest === null) return [];
  return DEPENDENCY_FIELDS.flatMap((field) =>
    Object.keys((manifest as Record<string, Record<string, string> | undefined>)[field] ?? {}),
  );
}

function leaves(path: string, specifier: string, folder: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  if (join(dirname(path), specifier).startsWith(folder)) return undefined;
  return `'${specifier}' leaves ${folder} by a relative path; import the package by its name`;
}

function sourceFault(project: Project, path: string, name: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return leaves(path, specifier, `packages/${name}/src/`);
  if (specifier.startsWith('node:') || builtinModules.includes(specifier)) return undefined;
  const target =
    /^@holdfast\/([^/]+)/.exec(specifier)?.[1] ?? (specifier.split('/')[0] === 'holdfast' ? 'holdfast' : '');
  if (target !== '') {
    return (MAY_IMPORT[name] ?? []).includes(target) ? undefined : `${name} may not import ${specifier}`;
  }
  const library = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  if (declared(project, name).includes(library)) return undefined;
  return `'${library}' is not declared in packages/${name}/package.json`;
}

function userFault(path: string, specifier: string, folder: string): string | undefined {
  if (specifier.startsWith('.')) return leaves(path, specifier, folder);
  const inside = specifier.startsWith('@holdfast/');
  const deep = specifier.startsWith('holdfast/') && !path.endsWith('.test.ts');
  if (!inside && !deep) return undefined;
  return `'${specifier}' is not what a user imports; use the public entry 'holdfast'`;
}
