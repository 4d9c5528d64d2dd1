import { parseAst } from 'vitest/node';

/** A node of the syntax tree (ESTree with TypeScript's nodes), with offsets into the text. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** An import, re-export, dynamic import or `require` of a module named by a literal. */
export interface ModuleUse {
  readonly specifier: string;
  readonly start: number;
}

/** Parses TypeScript or JavaScript; gives the tree, or why there is none. */
export function parseTree(
  path: string,
  text: string,
): { readonly tree?: SyntaxNode; readonly error?: string } {
  try {
    return {
      tree: parseAst(text, { lang: path.endsWith('ts') ? 'ts' : 'js' }, path) as unknown as SyntaxNode,
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { error: message.split('\n').find((line) => line.trim() !== '') ?? 'unknown' };
  }
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** A child node by its field's name; undefined when the field holds none. */
export function child(node: SyntaxNode | undefined, field: string): SyntaxNode | undefined {
  const value = node?.[field];
  return isNode(value) ? value : undefined;
}

/** The child nodes a list field holds. */
export function children(node: SyntaxNode | undefined, field: string): SyntaxNode[] {
  const value = node?.[field];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** The name of an identifier; undefined for any other node. */
export function nameOf(node: SyntaxNode | undefined): string | undefined {
  return node?.type === 'Identifier' ? String(node['name']) : undefined;
}

/** Calls `visit` for a node and everything under it, parents first, with the way there. */
export function walk(
  node: SyntaxNode,
  visit: (node: SyntaxNode, parent: SyntaxNode | undefined, field: string) => void,
  parent?: SyntaxNode,
  parentField = '',
): void {
  visit(node, parent, parentField);
  for (const field in node) {
    const value = node[field];
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) walk(item, visit, node, field);
    } else if (isNode(value)) {
      walk(value, visit, node, field);
    }
  }
}

/** The text of a string literal; undefined for any other node. */
export function literalText(node: SyntaxNode | undefined): string | undefined {
  const value = node?.type === 'Literal' ? node['value'] : undefined;
  return typeof value === 'string' ? value : undefined;
}

function sourceOf(node: SyntaxNode): SyntaxNode | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return child(node, 'source') ?? child(node, 'argument');
    case 'CallExpression':
      return nameOf(child(node, 'callee')) === 'require' ? children(node, 'arguments')[0] : undefined;
    default:
      return undefined;
  }
}

/** Every module a file names, in the order of the text. */
export function moduleUses(tree: SyntaxNode | undefined): ModuleUse[] {
  const uses: ModuleUse[] = [];
  if (tree === undefined) return uses;
  walk(tree, (node) => {
    const source = sourceOf(node);
    const specifier = literalText(source) ?? literalText(child(source, 'literal'));
    if (specifier !== undefined) uses.push({ specifier, start: node.start });
  });
  return uses;
}
