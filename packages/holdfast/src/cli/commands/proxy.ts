import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ToxiproxyServer } from '@holdfast/live';
import { InputError, messageOf } from '../../node/inputError.ts';
import type { ExitCode } from '../exitCodes.ts';
import type { Io } from '../io.ts';

/** What `holdfast proxy` takes. */
export interface ProxyOptions {
  /** Where the API listens. */
  readonly port?: number;
  /** Proxies to begin with, as Toxiproxy's own configuration files list them. */
  readonly config?: string;
}

/** `holdfast proxy`: TCP proxies with toxics behind Toxiproxy's HTTP API, on loopback, until it is interrupted. */
export async function proxy({ port, config }: ProxyOptions, io: Io): Promise<ExitCode> {
  const interrupt = io.catchInterrupt();
  const server = new ToxiproxyServer();
  try {
    const listed = config === undefined ? [] : proxiesIn(resolve(io.cwd, config));
    const proxies = await server.populate(listed);
    const listening = await server.listen(port);
    io.out(`listening on http://127.0.0.1:${listening}, ${proxies.length} proxies\n`);
    await new Promise<void>((done) => {
      if (interrupt.signal.aborted) done();
      else interrupt.signal.addEventListener('abort', () => done(), { once: true });
    });
    return 0;
  } catch (error) {
    throw new InputError(messageOf(error), 'mend the configuration, or give another --port', {
      cause: error,
    });
  } finally {
    await server.close();
    interrupt.release();
  }
}

function proxiesIn(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as unknown;
  } catch (error) {
    throw new InputError(`Cannot use ${path} as a list of proxies: ${messageOf(error)}`, 'give a JSON file', {
      cause: error,
    });
  }
}
