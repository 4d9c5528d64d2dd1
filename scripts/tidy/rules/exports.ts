import { type Finding, packageOf, type ProjectFile, type Rule } from '../project.ts';
import { child, children, nameOf, type SyntaxNode } from '../syntax.ts';

/** An entry lists by name what a package gives; it holds nothing itself. */
export const indexExports: Rule = {
  id: 'index-exports',
  about: 'index.ts files only re-export, by name, or all of a folder whose own index lists the names',
  check(project) {
    const findings: Finding[] = [];
    for (const file of project.code()) {
      if (packageOf(file.path) === undefined || !file.path.endsWith('/index.ts')) continue;
      for (const statement of children(file.tree, 'body')) {
        const message = indexFault(statement);
        if (message === undefined) continue;
        const line = file.lineAt(statement.start);
        findings.push({ path: file.path, line, rule: 'index-exports', message });
      }
    }
    return findings;
  },
};

function indexFault(statement: SyntaxNode): string | undefined {
  if (statement.type === 'ExportAllDeclaration') {
    const from = String(child(statement, 'source')?.['value']);
    return from.endsWith('/index.ts') ? undefined : 'list the names instead of exporting everything';
  }
  const named = statement.type === 'ExportNamedDeclaration' && child(statement, 'declaration') === undefined;
  const empty = children(statement, 'specifiers').length === 0;
  if (named && (child(statement, 'source') !== undefined || empty)) return undefined;
  return 'an index re-exports and holds nothing itself; move this to a file of its own';
}

/** A promise is written down where it is made. */
export const docstring: Rule = {
  id: 'docstring',
  about: 'what a source file of a package exports has a docstring',
  check(project) {
    const findings: Finding[] = [];
    for (const file of project.code()) {
      if (packageOf(file.path)?.inside.startsWith('src/') !== true || file.path.endsWith('/index.ts'))
        continue;
      for (const [name, statement] of undocumented(file)) {
        const message = `'${name}' is exported and has no docstring`;
        findings.push({ path: file.path, line: file.lineAt(statement.start), rule: 'docstring', message });
      }
    }
    return findings;
  },
};

function undocumented(file: ProjectFile): [name: string, statement: SyntaxNode][] {
  const statements = children(file.tree, 'body');
  const exported = new Map<string, SyntaxNode>();
  const documented = new Set<string>();
  const listed = new Set(statements.flatMap(listedNames));
  for (const statement of statements) {
    const isExport = /^Export(Named|Default)Declaration$/.test(statement.type);
    const declaration = isExport ? child(statement, 'declaration') : statement;
    for (const name of declaredNames(declaration)) {
      if (!isExport && !listed.has(name)) continue;
      // The first of a function's overloads carries the text for all.
      if (!exported.has(name)) exported.set(name, statement);
      if (hasDocstring(file.text.slice(0, statement.start))) documented.add(name);
    }
  }
  return [...exported].filter(([name]) => !documented.has(name));
}

/** Names of `export { a, b }` without a source: the docstring stands at their declaration. */
function listedNames(statement: SyntaxNode): string[] {
  if (statement.type !== 'ExportNamedDeclaration' || child(statement, 'source') !== undefined) return [];
  return children(statement, 'specifiers').map((specifier) => nameOf(child(specifier, 'local')) ?? '');
}

function declaredNames(declaration: SyntaxNode | undefined): string[] {
  switch (declaration?.type) {
    case 'VariableDeclaration':
      return children(declaration, 'declarations').map((one) => nameOf(child(one, 'id')) ?? 'a pattern');
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
    case 'ClassDeclaration':
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
      return [nameOf(child(declaration, 'id')) ?? 'default'];
    default:
      return [];
  }
}

function hasDocstring(before: string): boolean {
  const text = before.replace(/(\s|\/\/[^\n]*\n)+$/, '');
  if (!text.endsWith('*/')) return false;
  const comment = text.slice(text.lastIndexOf('/*'));
  return comment.startsWith('/**') && /\w{3}/.test(comment);
}
