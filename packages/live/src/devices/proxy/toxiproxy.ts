import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { LiveError, textOf } from '../../errors.ts';
import { portOf } from '../../processes/ports.ts';
import { TcpProxy } from './tcpProxy.ts';
import { ApiError, type AskedProxy, askedProxy, askedToxic, jsonIn, objectIn } from './toxiproxyRequests.ts';
import type { Toxic } from './toxics.ts';

/** The port Toxiproxy has. */
export const TOXIPROXY_PORT = 8_474;

/** The version of Toxiproxy's API that is spoken. */
const API_VERSION = '2.12.0';

/** Bytes of a request's body, at most. */
const BODY_MAX = 1024 * 1024;

/** Hosts by which all addresses of a machine are meant; here they mean loopback. */
const ANYWHERE: ReadonlySet<string> = new Set(['', '[::]', '0.0.0.0', 'localhost', '127.0.0.1', '[::1]']);

interface Entry {
  readonly name: string;
  readonly upstream: string;
  readonly proxy: TcpProxy;
}

interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly text?: string;
}

/**
 * Proxies with toxics behind Toxiproxy's HTTP API, so that its clients in any language work unchanged. Everything listens on loopback alone, whatever address is
 * asked for, and ends with this process.
 */
export class ToxiproxyServer {
  private readonly entries = new Map<string, Entry>();
  private readonly random: () => number;
  private server: Server | undefined;

  constructor(random: () => number = Math.random) {
    this.random = random;
  }

  /** Listens; returns the port. Throws `LiveError` when it is taken. */
  async listen(port: number = TOXIPROXY_PORT): Promise<number> {
    const server = createServer((request, response) => void this.serve(request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    }).catch((error: unknown) => {
      const problem = `Cannot listen on 127.0.0.1:${port}: ${textOf(error)}`;
      throw new LiveError('PORT_TAKEN', problem, 'end what listens there, or give another --port', port);
    });
    this.server = server;
    return portOf(server);
  }

  /** Creates proxies, or replaces those of other addresses, as a configuration file lists them. Throws `ApiError`. */
  async populate(list: unknown): Promise<object[]> {
    if (!Array.isArray(list)) throw new ApiError('bad request body: it must be a list', 400);
    const asked = list.map((one) => askedProxy(one as Record<string, unknown>));
    for (const one of asked) assertWhole(one);
    const made: object[] = [];
    for (const one of asked) {
      const known = this.entries.get(one.name);
      const isSame =
        known !== undefined &&
        known.upstream === one.upstream &&
        portIn(one.listen) === portIn(known.proxy.address);
      if (!isSame) {
        await known?.proxy.disable();
        this.entries.delete(one.name);
        await this.create(one);
      }
      made.push(this.shown(this.entry(one.name)));
    }
    return made;
  }

  /** Ends all proxies and the API. */
  async close(): Promise<void> {
    for (const { proxy } of this.entries.values()) await proxy.disable();
    this.entries.clear();
    const { server } = this;
    this.server = undefined;
    server?.closeAllConnections();
    if (server !== undefined) await new Promise<void>((done) => server.close(() => done()));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = await this.answer(request).catch((error: unknown): Reply => {
      const status = error instanceof ApiError ? error.status : 500;
      return { status, body: { error: textOf(error), status } };
    });
    const { status, body, text } = reply;
    const content = text ?? (body === undefined ? '' : `${JSON.stringify(body)}\n`);
    response.writeHead(status, { 'content-type': text === undefined ? 'application/json' : 'text/plain' });
    response.end(content);
  }

  private async answer(request: IncomingMessage): Promise<Reply> {
    // A page in a browser must not reach what runs on this machine.
    if (request.headers['user-agent']?.startsWith('Mozilla/') === true)
      throw new ApiError('User agent not allowed', 403);
    const body = await bodyOf(request);
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const words = path.split('/').slice(1).map(decodeURIComponent);
    const method = request.method === 'PATCH' ? 'POST' : (request.method ?? 'GET');
    const [first = '', name, third, toxic] = words;
    if (first === 'proxies' && name === undefined) return this.onProxies(method, body);
    if (first === 'proxies' && name !== undefined && third === undefined)
      return this.onProxy(method, name, body);
    if (first === 'proxies' && name !== undefined && third === 'toxics') {
      const { proxy } = this.entry(name);
      return toxic === undefined ? onToxics(proxy, method, body) : onToxic(proxy, method, toxic, body);
    }
    switch (`${method} ${path}`) {
      case 'POST /populate':
        return { status: 201, body: { proxies: await this.populate(jsonIn(body)) } };
      case 'POST /reset':
        for (const { proxy } of this.entries.values()) await proxy.reset();
        return { status: 204 };
      case 'GET /version':
        return { status: 200, body: { version: API_VERSION } };
      case 'GET /metrics':
        return { status: 200, text: this.metrics() };
      default:
        throw new ApiError('404 page not found', 404);
    }
  }

  private async onProxies(method: string, body: string): Promise<Reply> {
    if (method === 'GET') {
      const shown = [...this.entries.values()].map((entry) => [entry.name, this.shown(entry)] as const);
      return { status: 200, body: Object.fromEntries(shown) };
    }
    if (method !== 'POST') throw new ApiError('method not allowed', 405);
    const asked = askedProxy(objectIn(body));
    assertWhole(asked);
    if (this.entries.has(asked.name)) throw new ApiError('proxy already exists', 409);
    await this.create(asked);
    return { status: 201, body: this.shown(this.entry(asked.name)) };
  }

  private async onProxy(method: string, name: string, body: string): Promise<Reply> {
    const entry = this.entry(name);
    if (method === 'DELETE') {
      await entry.proxy.disable();
      this.entries.delete(name);
      return { status: 204 };
    }
    if (method === 'POST') await this.update(entry, askedProxy(objectIn(body)));
    else if (method !== 'GET') throw new ApiError('method not allowed', 405);
    return { status: 200, body: this.shown(this.entry(name)) };
  }

  /** Another address ends the connections of before; being enabled or not is changed where it is. */
  private async update(entry: Entry, asked: AskedProxy): Promise<void> {
    const { proxy, name } = entry;
    const { listen = proxy.address, upstream = entry.upstream, enabled = proxy.isEnabled } = asked;
    const isSame = upstream === entry.upstream && portIn(listen) === portIn(proxy.address);
    if (isSame) {
      if (enabled) await proxy.enable();
      else await proxy.disable();
      return;
    }
    const toxics = proxy.inForce();
    await proxy.disable();
    await this.create({ name, listen, upstream, enabled });
    for (const toxic of toxics) this.entry(name).proxy.add(toxic);
  }

  private async create({ name, listen, upstream = '', enabled = true }: AskedProxy): Promise<void> {
    const proxy = new TcpProxy({ upstream, port: portIn(listen), random: this.random });
    if (enabled) {
      await proxy.enable().catch((error: unknown) => {
        throw new ApiError(textOf(error), 500);
      });
    }
    this.entries.set(name, { name, upstream, proxy });
  }

  private entry(name: string): Entry {
    const entry = this.entries.get(name);
    if (entry === undefined) throw new ApiError('proxy not found', 404);
    return entry;
  }

  private shown({ name, upstream, proxy }: Entry): object {
    const { address, isEnabled } = proxy;
    return { name, listen: address, upstream, enabled: isEnabled, toxics: proxy.inForce() };
  }

  private metrics(): string {
    const lines = [...this.entries.values()].flatMap(({ name, upstream, proxy }) =>
      (['upstream', 'downstream'] as const).flatMap((direction) => {
        const labels = `{direction="${direction}",listener="${proxy.address}",proxy="${name}",upstream="${upstream}"}`;
        const { received, sent } = proxy.traffic[direction];
        return [
          `toxiproxy_proxy_received_bytes_total${labels} ${received}`,
          `toxiproxy_proxy_sent_bytes_total${labels} ${sent}`,
        ];
      }),
    );
    return `${lines.sort().join('\n')}\n`;
  }
}

function onToxics(proxy: TcpProxy, method: string, body: string): Reply {
  if (method === 'GET') return { status: 200, body: proxy.inForce() };
  if (method !== 'POST') throw new ApiError('method not allowed', 405);
  const toxic = askedToxic(objectIn(body));
  if (proxy.inForce().some(({ name }) => name === toxic.name))
    throw new ApiError('toxic already exists', 409);
  put(proxy, toxic);
  return { status: 200, body: toxic };
}

function onToxic(proxy: TcpProxy, method: string, name: string, body: string): Reply {
  const before = proxy.inForce().find((toxic) => toxic.name === name);
  if (before === undefined) throw new ApiError('toxic not found', 404);
  if (method === 'DELETE') {
    proxy.remove(name);
    return { status: 204 };
  }
  if (method === 'GET') return { status: 200, body: before };
  if (method !== 'POST') throw new ApiError('method not allowed', 405);
  const toxic = askedToxic({ ...objectIn(body), type: before.type, stream: before.stream }, before);
  put(proxy, toxic);
  return { status: 200, body: toxic };
}

function put(proxy: TcpProxy, toxic: Toxic): void {
  try {
    proxy.add(toxic);
  } catch (error) {
    throw new ApiError(textOf(error), 400);
  }
}

function assertWhole({ name, upstream }: AskedProxy): void {
  if (name === '') throw new ApiError('missing required field: name', 400);
  if (upstream === undefined || upstream === '') throw new ApiError('missing required field: upstream', 400);
  if (!/:\d+$/.test(upstream))
    throw new ApiError(`bad request body: upstream '${upstream}' has no port`, 400);
}

/** The port of a listen address; 0 when any will do. Throws `ApiError` for an address that is not this machine's own. */
function portIn(listen: string | undefined): number {
  if (listen === undefined || listen === '') return 0;
  const at = listen.lastIndexOf(':');
  const host = listen.slice(0, at);
  const port = Number(listen.slice(at + 1));
  if (!ANYWHERE.has(host) || at < 0 || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw new ApiError(`bad request body: cannot listen on '${listen}': only on loopback`, 400);
  return port;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    const bytes = part as Buffer;
    length += bytes.length;
    if (length > BODY_MAX) throw new ApiError('bad request body: it is too long', 413);
    parts.push(bytes);
  }
  return Buffer.concat(parts).toString('utf8');
}
