import { spawn } from 'node:child_process';
import { LiveError } from '../errors.ts';
import type { Provider } from './file.ts';
import type { ProviderContext } from './ports.ts';

const DEFAULT_SECONDS = 30;

/** Output kept of a process. */
const OUTPUT_MAX = 1_000_000;

/** Carries out what a provider says: `{status, headers, body}` over HTTP, `{status, stdout, stderr}` of a process, the value of a function. */
export function provide(provider: Provider, context?: ProviderContext): Promise<unknown> {
  const { level, scope, name } = context?.control ?? {};
  switch (provider.type) {
    case 'http': {
      const told =
        level === undefined
          ? {}
          : { 'x-control': `${scope} ${level}`, 'x-control-name': encodeURIComponent(name ?? '') };
      return overHttp({ ...provider, headers: { ...told, ...provider.headers } });
    }
    case 'process': {
      const told =
        level === undefined
          ? {}
          : { CHAOS_CONTROL_LEVEL: level, CHAOS_CONTROL_SCOPE: scope, CHAOS_CONTROL_NAME: name };
      return runProcess([provider.path, ...wordsOf(provider.arguments)], provider.timeout, told);
    }
    case 'python':
      return callPython(provider, context);
  }
}

async function overHttp(provider: Extract<Provider, { type: 'http' }>): Promise<unknown> {
  const { url, method = 'GET', headers = {}, timeout = DEFAULT_SECONDS } = provider;
  const seconds = typeof timeout === 'number' ? timeout : timeout[1];
  const isQuery = method === 'GET' || method === 'HEAD';
  const target = new URL(url);
  if (isQuery && typeof provider.arguments === 'object' && provider.arguments !== null) {
    for (const [name, value] of Object.entries(provider.arguments))
      target.searchParams.set(name, String(value));
  }
  const body =
    isQuery || provider.arguments === undefined ? {} : { body: JSON.stringify(provider.arguments) };
  const type = 'body' in body ? { 'content-type': 'application/json' } : {};
  const response = await fetch(target, {
    method,
    headers: { ...type, ...headers },
    signal: AbortSignal.timeout(seconds * 1_000),
    ...body,
  });
  const text = await response.text();
  return { status: response.status, headers: Object.fromEntries(response.headers), body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function wordsOf(given: Extract<Provider, { type: 'process' }>['arguments']): string[] {
  if (given === undefined) return [];
  if (typeof given === 'string') return given.split(/\s+/).filter((word) => word !== '');
  if (Array.isArray(given)) return given.map(String);
  return Object.entries(given).flatMap(([name, value]) => (value === '' ? [name] : [name, String(value)]));
}

/** Calls a function with what it takes of the arguments, the configuration, the secrets and, of a control, what it stands around. */
const PYTHON = `
import importlib, inspect, json, sys
module, func, arguments, context = json.loads(sys.argv[1])
called = getattr(importlib.import_module(module), func, None)
if called is None and context.get("control") is not None:
    print("null")
    sys.exit(0)
if called is None:
    raise AttributeError("module " + repr(module) + " has no function " + repr(func))
taken = inspect.signature(called).parameters
takes_all = any(one.kind == one.VAR_KEYWORD for one in taken.values())
if context.get("control") is not None:
    control = context["control"]
    arguments = {"context": {"name": control["name"]}, "state": control.get("state"), **arguments}
for name in ("configuration", "secrets"):
    if name in taken and name not in arguments:
        arguments[name] = context.get(name, {})
print(json.dumps(called(**{k: v for k, v in arguments.items() if takes_all or k in taken or context.get("control") is None}), default=str))
`;

function callPython(
  provider: Extract<Provider, { type: 'python' }>,
  context: ProviderContext | undefined,
): Promise<unknown> {
  const { module, arguments: given = {}, secrets = [], timeout } = provider;
  const { control } = context ?? {};
  // A control is a module with functions of these names.
  const func = provider.func ?? (control === undefined ? '' : `${control.scope}_${control.level}_control`);
  const opened = Object.assign({}, ...secrets.map((group) => context?.secrets[group] ?? {})) as unknown;
  const told = { configuration: context?.configuration ?? {}, secrets: opened, control: control ?? null };
  const call = JSON.stringify([module, func, given, told]);
  return runProcess(['python3', '-c', PYTHON, call], timeout).then(({ status, stdout, stderr }) => {
    // What the function prints itself comes before its value.
    if (status === 0) return parsed(stdout.trim().split('\n').at(-1) ?? '');
    throw new LiveError(
      'PROGRAM_MISSING',
      `Cannot call ${module}.${func}: ${stderr.trim().split('\n').at(-1)}`,
      'see that python3 finds the module (PYTHONPATH) and that it runs there',
    );
  });
}

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function runProcess(
  [path = '', ...args]: readonly string[],
  seconds = DEFAULT_SECONDS,
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', (bytes: Buffer) => {
        if (texts[name].length < OUTPUT_MAX) texts[name] += bytes.toString();
      });
    }
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(
        new LiveError(
          'NOT_READY',
          `Cannot wait for ${path}: it ran longer than ${seconds} s`,
          "raise the provider's timeout",
        ),
      );
    }, seconds * 1_000);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(
        new LiveError(
          'PROGRAM_MISSING',
          `Cannot run ${path}: ${error.message}`,
          'check the path of the provider',
          path,
        ),
      );
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ status: code ?? -1, ...texts });
    });
  });
}
