import { LiveError } from '../errors.ts';
import type { Pair } from '../faults/pairs.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { command } from '../processes/command.ts';
import type { NamespaceSite } from '../site/namespaces.ts';
import type { LinkChange, LinkDevice } from './links.ts';

/** Chances are drawn by the kernel in ten-thousandths. */
const PARTS = 10_000;

/** Packet rules inside the receiving member's namespace, one table per fault, so that removing the table undoes it. */
export function packetRules(site: NamespaceSite, ledger: Ledger): LinkDevice {
  let tables = 0;
  const impose = (pairs: readonly Pair[], verdict: string): (() => void) => {
    const table = `hf_${++tables}`;
    const undone = [...new Set(pairs.map(([, to]) => to))].map((to) => {
      const namespace = site.namespaceOf(to);
      const undo = ledger.before({ kind: 'rules', namespace, table });
      const hosts = pairs.filter((pair) => pair[1] === to).map(([from]) => site.hostOf(from));
      rules(namespace, table, `ip saddr { ${hosts.join(', ')} } ${verdict}`);
      return () => {
        nft(namespace, `delete table inet ${table}\n`);
        ledger.settled(undo);
      };
    });
    return () => {
      for (const undo of undone) undo();
    };
  };
  return {
    name: 'packet rules',
    changes: new Set<LinkChange['kind']>(['loss']),
    cut: (pairs) => impose(pairs, 'drop'),
    change: (pairs, change) => {
      if (change.kind !== 'loss') throw new TypeError(`packet rules do not do ${change.kind}`);
      return impose(pairs, `numgen random mod ${PARTS} < ${Math.round(change.probability * PARTS)} drop`);
    },
  };
}

function rules(namespace: string, table: string, rule: string): void {
  nft(
    namespace,
    `table inet ${table} {\n chain in {\n  type filter hook input priority -300; policy accept;\n  ${rule}\n }\n}\n`,
  );
}

function nft(namespace: string, script: string): void {
  const { ok, stderr } = command(['ip', 'netns', 'exec', namespace, 'nft', '-f', '-'], { input: script });
  if (!ok)
    throw new LiveError(
      'DEVICE_MISSING',
      `Cannot place packet rules: ${stderr.trim()}`,
      "see 'holdfast doctor'",
    );
}
