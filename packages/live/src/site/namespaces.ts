import { createHash } from 'node:crypto';
import { LiveError } from '../errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { command } from '../processes/command.ts';
import type { Site } from './site.ts';

/** Where members that have an address of their own listen. */
const FIRST_PORT = 7_001;

const SUBNETS = 250;

/** The last address of the subnet is the runner's end of the bridge. */
const RUNNER = 254;

/** A site of one network namespace per member, joined by a bridge; faults are packet rules inside them. */
export interface NamespaceSite extends Site {
  readonly kind: 'namespaces';
  /** The namespace of a member. */
  namespaceOf(index: number): string;
  /** The runner's own address, and the bridge it is on. */
  readonly runnerHost: string;
  readonly bridge: string;
}

/** Makes the namespaces and the bridge, each written to the ledger first. Needs root. Throws `LiveError`. */
export function namespaceSite(ledger: Ledger, members: number): NamespaceSite {
  const tag = createHash('sha1').update(ledger.runId).digest('hex').slice(0, 6);
  const bridge = `hfb${tag}`;
  const subnet = freeSubnet(Number.parseInt(tag.slice(0, 2), 16));
  const name = (index: number): string => `hf-${tag}-N${index + 1}`;
  const host = (index: number): string => `${subnet}.${index + 1}`;
  const undos = [ledger.before({ kind: 'link', name: bridge })];
  must(['ip', 'link', 'add', bridge, 'type', 'bridge']);
  must(['ip', 'addr', 'add', `${subnet}.${RUNNER}/24`, 'dev', bridge]);
  must(['ip', 'link', 'set', bridge, 'up']);
  for (let i = 0; i < members; i++) {
    const outer = `hfv${tag}${i}`;
    undos.push(ledger.before({ kind: 'link', name: outer }));
    undos.push(ledger.before({ kind: 'namespace', name: name(i) }));
    must(['ip', 'netns', 'add', name(i)]);
    must(['ip', 'link', 'add', outer, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name(i)]);
    must(['ip', 'link', 'set', outer, 'master', bridge, 'up']);
    must(['ip', '-n', name(i), 'link', 'set', 'lo', 'up']);
    must(['ip', '-n', name(i), 'link', 'set', 'eth0', 'up']);
    must(['ip', '-n', name(i), 'addr', 'add', `${host(i)}/24`, 'dev', 'eth0']);
  }
  return {
    kind: 'namespaces',
    hostOf: host,
    namespaceOf: name,
    runnerHost: `${subnet}.${RUNNER}`,
    bridge,
    // `ip netns exec` becomes the program: the process number is the server's own.
    at: (index, words) => ['ip', 'netns', 'exec', name(index), ...words],
    ports: (_index, count) => Promise.resolve(Array.from({ length: count }, (_, port) => FIRST_PORT + port)),
    close: () => {
      for (let i = 0; i < members; i++) command(['ip', 'netns', 'del', name(i)]);
      command(['ip', 'link', 'del', bridge]);
      for (const undo of undos) ledger.settled(undo);
    },
  };
}

/** A private /24 that no interface of this machine uses. */
function freeSubnet(start: number): string {
  const used = command(['ip', '-4', '-o', 'addr']).stdout;
  for (let i = 0; i < SUBNETS; i++) {
    const subnet = `10.213.${((start + i) % SUBNETS) + 1}`;
    if (!used.includes(` ${subnet}.`)) return subnet;
  }
  throw new LiveError('DEVICE_MISSING', 'Cannot find a free subnet for namespaces', "run 'holdfast clean'");
}

function must(words: readonly string[]): void {
  const { ok, stderr } = command(words);
  if (ok) return;
  throw new LiveError(
    'DEVICE_MISSING',
    `Cannot make network namespaces: ${words.join(' ')}: ${stderr.trim()}`,
    "run as root, or use network: mesh or loopback; see 'holdfast doctor'",
  );
}
