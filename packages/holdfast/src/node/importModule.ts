import { pathToFileURL } from 'node:url';

/** Files that need a TypeScript loader on Node 20. */
const TYPESCRIPT = /\.[cm]?tsx?$/;

/** Run from source, whatever loaded this file loads TypeScript already. */
let switchedOn: boolean = import.meta.url.endsWith('.ts');

/**
 * Imports a module by its absolute path. TypeScript needs no build step: the first such file switches on tsx for this thread,
 * for `import` and `require` both, so that the file may live in a package of either type.
 */
export async function importModule(path: string): Promise<Readonly<Record<string, unknown>>> {
  if (TYPESCRIPT.test(path)) await switchOnTypeScript();
  return (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
}

async function switchOnTypeScript(): Promise<void> {
  if (switchedOn) return;
  switchedOn = true;
  const [commonJs, esm] = await Promise.all([import('tsx/cjs/api'), import('tsx/esm/api')]);
  commonJs.register();
  esm.register();
}

/**
 * The default export, also of a file that was compiled to CommonJS, where it is the `default` of what `module.exports`
 * holds; undefined when there is none.
 */
export function defaultExport(module: Readonly<Record<string, unknown>>): unknown {
  const first = module.default;
  if (typeof first === 'object' && first !== null && '__esModule' in first) {
    return (first as { readonly default?: unknown }).default;
  }
  return first;
}
