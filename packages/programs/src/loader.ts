import { readFileSync } from 'node:fs';
import { builtinModules, createRequire } from 'node:module';
import { dirname, extname } from 'node:path';
import vm from 'node:vm';
import { SHADOWED } from './modules/globals.ts';
import { UnsupportedError } from './unsupported.ts';

type Wrapper = (...globals: unknown[]) => (...module: unknown[]) => void;

interface ProgramModule {
  exports: unknown;
  readonly id: string;
  readonly filename: string;
  loaded: boolean;
  readonly children: ProgramModule[];
  readonly require: (name: string) => unknown;
}

// Compiled once for all hosts and runs: the code is the same, only what it is given differs.
const wrappers = new Map<string, Wrapper>();

/**
 * Two functions around each file: the outer one's parameters shadow the globals, the inner one is the wrapper CommonJS always
 * has, so that a file may declare `const process = require('process')` of its own.
 */
function compile(file: string): Wrapper {
  let wrapper = wrappers.get(file);
  if (wrapper === undefined) {
    const source = readFileSync(file, 'utf8').replace(/^#!.*/, '');
    const inner = '(function (exports, require, module, __filename, __dirname) { ';
    const text = `(function (${SHADOWED.join(', ')}) { return ${inner}${source}\n}); })`;
    wrapper = new vm.Script(text, { filename: file }).runInThisContext() as Wrapper;
    wrappers.set(file, wrapper);
  }
  return wrapper;
}

/** Loads a program's CommonJS files, each once per running program: a restart begins with nothing loaded. */
export class Loader {
  private readonly globals: readonly unknown[];
  private readonly builtins: ReadonlyMap<string, unknown>;
  private readonly cache = new Map<string, ProgramModule>();
  private main: ProgramModule | undefined;

  /** `builtins` holds what `require` gives for Node's own modules, by name without `node:`. */
  constructor(globals: Readonly<Record<string, unknown>>, builtins: ReadonlyMap<string, unknown>) {
    this.globals = SHADOWED.map((name) => globals[name]);
    this.builtins = builtins;
  }

  /** Runs a file unless it has run already, and returns its exports. Throws what the file throws. */
  load(file: string, parent?: ProgramModule): unknown {
    const known = this.cache.get(file);
    if (known !== undefined) return known.exports;
    const resolver = createRequire(file);
    const require = Object.assign((name: string): unknown => this.require(name, resolver, module), {
      resolve: (name: string): string => resolver.resolve(name),
    });
    Object.defineProperty(require, 'main', { get: () => this.main });
    const module: ProgramModule = {
      exports: {},
      id: file,
      filename: file,
      loaded: false,
      children: [],
      require,
    };
    this.main ??= module;
    this.cache.set(file, module);
    parent?.children.push(module);
    try {
      this.evaluate(module);
    } catch (error) {
      this.cache.delete(file);
      throw error;
    }
    module.loaded = true;
    return module.exports;
  }

  private evaluate(module: ProgramModule): void {
    const { filename: file } = module;
    const extension = extname(file);
    if (extension === '.json') {
      module.exports = JSON.parse(readFileSync(file, 'utf8')) as unknown;
      return;
    }
    if (extension === '.mjs') throw new UnsupportedError(`the ES module ${file}`);
    if (extension === '.node') throw new UnsupportedError(`the native addon ${file}`);
    const run = compile(file)(...this.globals);
    Reflect.apply(run, module.exports, [module.exports, module.require, module, file, dirname(file)]);
  }

  private require(name: string, resolver: NodeJS.Require, parent: ProgramModule): unknown {
    const plain = name.replace(/^node:/, '');
    if (this.builtins.has(plain)) return this.builtins.get(plain);
    if (name.startsWith('node:') || builtinModules.includes(plain))
      throw new UnsupportedError(`node:${plain}`);
    return this.load(resolver.resolve(name), parent);
  }
}
