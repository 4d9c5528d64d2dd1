import type { Finding, Project, ProjectFile, Rule } from '../project.ts';
import { child, nameOf, type SyntaxNode, walk } from '../syntax.ts';

const FILE_LINES = 400;
const FUNCTION_LINES = 70;
const COLUMNS = 110;
const COMMENT = /^\s*(\/\/|\/?\*)/;
/** The formatter keeps the call that names a test on one line. */
const TEST_NAME = /^\s*(it|test|describe)[.(].*=> \{$/;

/** Files stay readable in one sitting; what programs write is exempt. */
export const fileSize: Rule = {
  id: 'file-size',
  about: `code files have at most ${FILE_LINES} lines`,
  check(project) {
    return handWritten(project)
      .filter((file) => lineCount(file) > FILE_LINES)
      .map((file) => ({
        path: file.path,
        line: FILE_LINES + 1,
        rule: 'file-size',
        message: `${lineCount(file)} lines, at most ${FILE_LINES}; split it by idea`,
      }));
  },
};

function handWritten(project: Project): ProjectFile[] {
  return project.code().filter((file) => !file.isGenerated);
}

function lineCount(file: ProjectFile): number {
  return file.text.endsWith('\n') ? file.lines.length - 1 : file.lines.length;
}

/** Functions fit a screen. The callback of `describe` is a table of contents and is exempt. */
export const functionLength: Rule = {
  id: 'function-length',
  about: `functions have at most ${FUNCTION_LINES} lines`,
  check(project) {
    const findings: Finding[] = [];
    for (const file of handWritten(project)) {
      if (file.tree === undefined) continue;
      walk(file.tree, (node, parent) => {
        if (!isFunction(node) || isDescribe(parent)) return;
        const line = file.lineAt(node.start);
        const lines = file.lineAt(node.end) - line + 1;
        if (lines <= FUNCTION_LINES) return;
        const message = `${functionName(node, parent)} has ${lines} lines, at most ${FUNCTION_LINES}`;
        findings.push({ path: file.path, line, rule: 'function-length', message });
      });
    }
    return findings;
  },
};

function isFunction(node: SyntaxNode): boolean {
  return ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'].includes(node.type);
}

function isDescribe(parent: SyntaxNode | undefined): boolean {
  if (parent?.type !== 'CallExpression') return false;
  let callee = child(parent, 'callee');
  while (callee !== undefined && callee.type !== 'Identifier') {
    callee = child(callee, 'object') ?? child(callee, 'callee');
  }
  return nameOf(callee) === 'describe';
}

function functionName(node: SyntaxNode, parent: SyntaxNode | undefined): string {
  const holder = child(parent, 'id') ?? child(parent, 'key');
  const name = nameOf(child(node, 'id')) ?? nameOf(holder);
  return name === undefined ? 'a function' : `'${name}'`;
}

/** Lines of code fit side by side. Comments, test names and lines one literal makes too long are exempt. */
export const columns: Rule = {
  id: 'columns',
  about: `lines of code have at most ${COLUMNS} columns`,
  check(project) {
    const findings: Finding[] = [];
    for (const file of handWritten(project)) {
      const literals = literalRanges(file);
      for (const [index, text] of file.lines.entries()) {
        if (text.length <= COLUMNS || COMMENT.test(text) || TEST_NAME.test(text)) continue;
        const edge = file.startOf(index + 1) + COLUMNS;
        if (literals.some(([start, end]) => start <= edge && edge <= end)) continue;
        const message = `${text.length} columns, at most ${COLUMNS}`;
        findings.push({ path: file.path, line: index + 1, rule: 'columns', message });
      }
    }
    return findings;
  },
};

/** Where a file's literals lie: the formatter cannot break a string, a template or a pattern. */
function literalRanges(file: ProjectFile): [start: number, end: number][] {
  const ranges: [number, number][] = [];
  if (file.tree === undefined || !file.lines.some((line) => line.length > COLUMNS)) return ranges;
  walk(file.tree, (node) => {
    const literal = node.type === 'TemplateLiteral' || (node.type === 'Literal' && !isNumber(node));
    // Closing punctuation after a literal belongs to it: it cannot go elsewhere.
    if (literal) ranges.push([node.start, node.end + 3]);
  });
  return ranges;
}

function isNumber(node: SyntaxNode): boolean {
  return typeof node['value'] === 'number';
}

/** Names of code files are camelCase, with further words after dots (`raft.test.ts`). */
export const fileName: Rule = {
  id: 'file-name',
  about: 'code files in packages, scripts and test are named in camelCase',
  check(project) {
    const findings: Finding[] = [];
    for (const file of project.code()) {
      if (!/^(packages|scripts|test)\//.test(file.path)) continue;
      const name = file.path.slice(file.path.lastIndexOf('/') + 1);
      if (/^[a-z][a-zA-Z0-9]*(\.[a-z0-9]+)+$/.test(name)) continue;
      findings.push({ path: file.path, line: 1, rule: 'file-name', message: `'${name}' is not camelCase` });
    }
    return findings;
  },
};

/** What does not parse cannot be judged by the other rules. */
export const parses: Rule = {
  id: 'parses',
  about: 'code parses',
  check(project) {
    const findings: Finding[] = [];
    for (const file of project.code()) {
      const error = file.syntaxError;
      if (error !== undefined) findings.push({ path: file.path, line: 1, rule: 'parses', message: error });
    }
    return findings;
  },
};
