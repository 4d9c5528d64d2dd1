import http from 'node:http';
import { only, UnsupportedError } from '../unsupported.ts';
import type { SimulatedSocket } from '../stream/socket.ts';
import type { Stack } from '../stream/stack.ts';
import { type HttpParts, serverFor } from './httpServer.ts';

/** Options that reach for parts of the network that are not simulated. */
const REFUSED_REQUEST_OPTIONS = [
  'socketPath',
  'createConnection',
  'lookup',
  'localAddress',
  'insecureHTTPParser',
];

/** What needs no stand-in: data, and classes that only hold what was parsed. */
const PASSED_ON = {
  METHODS: http.METHODS,
  STATUS_CODES: http.STATUS_CODES,
  IncomingMessage: http.IncomingMessage,
  OutgoingMessage: http.OutgoingMessage,
  ServerResponse: http.ServerResponse,
  maxHeaderSize: http.maxHeaderSize,
  validateHeaderName: http.validateHeaderName,
  validateHeaderValue: http.validateHeaderValue,
};

type RequestArguments = [input: unknown, options?: unknown, callback?: unknown];

/** `node:http` for one program: Node's own parser, server and client, over simulated sockets. */
export function httpFor(parts: HttpParts): object {
  const Agent = agentClass(parts.stack);
  const server = (args: unknown[]): http.Server => serverFor(parts, args);
  const globalAgent = new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 });
  const request = (...args: RequestArguments): http.ClientRequest => {
    const [input, second, third] = args;
    const isUrl = typeof input === 'string' || input instanceof URL;
    const given = (isUrl ? (typeof second === 'function' ? {} : second) : input) as
      | http.RequestOptions
      | undefined;
    const callback = (isUrl && typeof second !== 'function' ? third : second) as
      | ((res: http.IncomingMessage) => void)
      | undefined;
    for (const name of REFUSED_REQUEST_OPTIONS) {
      if (given !== undefined && name in given) throw new UnsupportedError(`http.request({ ${name} })`);
    }
    const agent = given?.agent === false ? new Agent() : (given?.agent ?? globalAgent);
    const options = { ...given, agent };
    return isUrl ? http.request(input, options, callback) : http.request(options, callback);
  };
  const get = (...args: RequestArguments): http.ClientRequest => {
    const req = request(...args);
    req.end();
    return req;
  };
  return only('http', http, {
    ...PASSED_ON,
    Agent,
    globalAgent,
    request,
    get,
    // Callable with and without `new`, as Node's own.
    Server: new Proxy(http.Server, {
      apply: (_server, _this, args) => server(args),
      construct: (_server, args) => server(args),
    }),
    createServer: (...args: unknown[]) => server(args),
  });
}

function agentClass(stack: Stack): typeof http.Agent {
  return class Agent extends http.Agent {
    override createConnection(options: {
      host?: string | null;
      port?: number | string | null;
    }): SimulatedSocket {
      return stack.connect(options.host ?? 'localhost', Number(options.port ?? 80));
    }
  };
}
