import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path/posix';
import { type Finding, packageOf, type ProjectFile, type Rule } from '../project.ts';
import { child, children, literalText, moduleUses, nameOf, type SyntaxNode, walk } from '../syntax.ts';

const NEUTRAL_PACKAGES = ['plain', 'trace', 'world', 'protocols', 'check', 'explore', 'report'];

/** The folders of packages/holdfast/src that may know Node. */
const NODE_FOLDERS = /^packages\/holdfast\/src\/(node|cli|testing|campaign)\//;

const PAGE = 'packages/report/src/page/';

/** Names of the platform that carry time, chance, the machine or the network into a run. */
const AMBIENT = [
  'Date',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'performance',
  'process',
  'crypto',
  'fetch',
  'navigator',
  'global',
  'globalThis',
  'Intl',
  'WeakRef',
  'FinalizationRegistry',
];

/** What the report's page, which runs in a browser for a person, may use besides. */
const PAGE_MAY_USE = [
  'setTimeout',
  'setInterval',
  'queueMicrotask',
  'performance',
  'navigator',
  'globalThis',
  'Intl',
];

/** Methods that answer by the machine's language settings. */
const LOCALE_METHODS = /^(localeCompare|toLocale[A-Z]\w*)$/;

function isNeutral(path: string): boolean {
  const place = packageOf(path);
  if (place === undefined || !place.inside.startsWith('src/')) return false;
  if (place.name === 'holdfast') return !NODE_FOLDERS.test(path);
  return NEUTRAL_PACKAGES.includes(place.name);
}

/** Neutral code names no module of Node, and nothing that does. */
export const neutralImport: Rule = {
  id: 'neutral-import',
  about: 'platform-neutral code imports no module of Node',
  check(project) {
    const findings: Finding[] = [];
    for (const file of project.code().filter((candidate) => isNeutral(candidate.path))) {
      for (const use of moduleUses(file.tree)) {
        const message = importFault(file, use.specifier);
        if (message === undefined) continue;
        findings.push({ path: file.path, line: file.lineAt(use.start), rule: 'neutral-import', message });
      }
    }
    return findings;
  },
};

function importFault(file: ProjectFile, specifier: string): string | undefined {
  if (specifier.startsWith('node:') || builtinModules.includes(specifier)) {
    return `'${specifier}' is Node's; platform-neutral code may not import it`;
  }
  if (specifier.startsWith('.') && NODE_FOLDERS.test(join(dirname(file.path), specifier))) {
    return `'${specifier}' is code for Node; platform-neutral code may not import it`;
  }
  return undefined;
}

/** Neutral code takes time and chance as arguments; the linter checks the same with scopes. */
export const ambient: Rule = {
  id: 'ambient',
  about: 'platform-neutral code uses no ambient time, randomness, timers, locale, process or network',
  check(project) {
    const findings: Finding[] = [];
    for (const file of project.code().filter((candidate) => isNeutral(candidate.path))) {
      for (const [offset, name] of ambientUses(file)) {
        const message = `'${name}' comes from the platform; take it as an argument or draw from a stream`;
        findings.push({ path: file.path, line: file.lineAt(offset), rule: 'ambient', message });
      }
    }
    return findings;
  },
};

function ambientUses(file: ProjectFile): [offset: number, name: string][] {
  const tree = file.tree;
  if (tree === undefined) return [];
  const inPage = file.path.startsWith(PAGE);
  const banned = new Set(AMBIENT);
  if (inPage) for (const name of PAGE_MAY_USE) banned.delete(name);
  // A name the file binds anywhere is taken for its own; the linter, which knows scopes, sees the rest.
  for (const name of boundNames(tree)) banned.delete(name);
  const found: [number, string][] = [];
  walk(tree, (node, parent, field) => {
    const name = nameOf(node);
    if (name !== undefined && banned.has(name) && !isLabel(parent, field)) found.push([node.start, name]);
    const member = node.type === 'MemberExpression' ? memberFault(node, inPage) : undefined;
    if (member !== undefined) found.push([node.start, member]);
  });
  return found;
}

function memberFault(node: SyntaxNode, inPage: boolean): string | undefined {
  const property = child(node, 'property');
  const name = nameOf(property) ?? literalText(property) ?? '';
  if (nameOf(child(node, 'object')) === 'Math' && name === 'random') return 'Math.random';
  return !inPage && LOCALE_METHODS.test(name) ? name : undefined;
}

/** Places where an identifier is only a label: a property's or member's name, an export's public name. */
function isLabel(parent: SyntaxNode | undefined, field: string): boolean {
  if (parent === undefined) return false;
  if (field === 'property' || field === 'key') return parent['computed'] !== true;
  if (parent.type === 'TSQualifiedName') return field === 'right';
  return field === 'label' || field === 'imported' || parent.type === 'ExportSpecifier';
}

/** Names a file introduces itself: variables, parameters, functions, classes, types, imports. */
function boundNames(tree: SyntaxNode): Set<string> {
  const names = new Set<string>();
  walk(tree, (node) => {
    for (const field of ['id', 'local', 'param']) addPattern(child(node, field), names);
    for (const parameter of children(node, 'params')) addPattern(parameter, names);
  });
  return names;
}

function addPattern(pattern: SyntaxNode | undefined, names: Set<string>): void {
  switch (pattern?.type) {
    case 'Identifier':
      names.add(nameOf(pattern) ?? '');
      return;
    case 'ObjectPattern':
      for (const property of children(pattern, 'properties')) {
        addPattern(child(property, 'value') ?? child(property, 'argument'), names);
      }
      return;
    case 'ArrayPattern':
      for (const element of children(pattern, 'elements')) addPattern(element, names);
      return;
    case 'AssignmentPattern':
      addPattern(child(pattern, 'left'), names);
      return;
    case 'RestElement':
      addPattern(child(pattern, 'argument'), names);
      return;
    default:
      return;
  }
}
