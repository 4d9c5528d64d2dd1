import { spawn } from 'node:child_process';
import { LiveError } from '../errors.ts';
import type { Provider } from './file.ts';

const DEFAULT_SECONDS = 30;

/** Output kept of a process. */
const OUTPUT_MAX = 1_000_000;

/** Carries out what a provider says: `{status, headers, body}` over HTTP, `{status, stdout, stderr}` of a process, the value of a function. */
export function provide(provider: Provider): Promise<unknown> {
  switch (provider.type) {
    case 'http':
      return overHttp(provider);
    case 'process':
      return runProcess([provider.path, ...wordsOf(provider.arguments)], provider.timeout);
    case 'python':
      return callPython(provider);
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

function callPython(provider: Extract<Provider, { type: 'python' }>): Promise<unknown> {
  const script =
    'import importlib, json, sys\n' +
    'module, func, arguments = json.loads(sys.argv[1])\n' +
    'print(json.dumps(getattr(importlib.import_module(module), func)(**arguments), default=str))\n';
  const call = JSON.stringify([provider.module, provider.func, provider.arguments ?? {}]);
  return runProcess(['python3', '-c', script, call], provider.timeout).then(({ status, stdout, stderr }) => {
    if (status === 0) return parsed(stdout);
    throw new LiveError(
      'PROGRAM_MISSING',
      `Cannot call ${provider.module}.${provider.func}: ${stderr.trim().split('\n').at(-1)}`,
      'install the module for python3',
    );
  });
}

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function runProcess([path = '', ...args]: readonly string[], seconds = DEFAULT_SECONDS): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'] });
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
