import { describe, expect, it } from 'vitest';
import {
  deviates,
  DIAGNOSIS_LABS,
  type DiagnosisLab,
  gradeDiagnosis,
  hiddenCause,
  type LabRuns,
  runsOf,
} from '../../src/diagnosis/index.ts';

const ROWS: Readonly<Record<string, string>> = {
  'periodic-spikes': 'S1.132',
  'random-resets': 'S1.133',
  'slow-first-request': 'S1.134',
  'high-tail-latency': 'S1.135',
  'works-by-ip-not-by-name': 'S1.136',
  'some-clients-fail': 'S1.137',
  'grpc-stream-stalls': 'S1.138',
};

/** The evidence by which each cause is known, where the source says to look. */
const DECISIVE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'periodic-spikes': {
    'dns-expiry': 'dns-events',
    'synchronized-refresh': 'arrivals',
    'batch-job': 'service-log',
  },
  'random-resets': { 'idle-timeout': 'connection-age', 'deploy-churn': 'upstream-log' },
  'slow-first-request': { dns: 'phase-dns', 'cold-pool': 'phase-connect', tls: 'phase-tls' },
  'high-tail-latency': {
    'packet-loss': 'retransmits',
    queueing: 'queue-depth',
    'overloaded-dependency': 'saturation',
  },
  'works-by-ip-not-by-name': {
    'stale-cache': 'local-answer',
    'split-horizon': 'authority-by-asker',
    'search-suffix': 'names-asked',
    'record-missing': 'authority-answer',
  },
  'some-clients-fail': {
    'nat-ports': 'nat-ports',
    'conntrack-full': 'conntrack-drops',
    route: 'by-path',
    mtu: 'by-size',
  },
  'grpc-stream-stalls': {
    'flow-control': 'stream-window',
    'proxy-timeout': 'proxy-config',
    'head-of-line': 'retransmits',
  },
};

/** The same runs, as if that cause were the hidden one. */
function hiding(runs: LabRuns, hidden: string): LabRuns {
  return { ...runs, hidden, seen: runs.byCause.get(hidden) ?? runs.seen };
}

function cheapest(lab: DiagnosisLab, runs: LabRuns): { same: string[]; everywhere: string[] } {
  const where = (many: (count: number) => boolean): string[] =>
    lab.evidence
      .filter((kind) =>
        many([...runs.byCause.values()].filter((run) => deviates(kind, run, runs.calm)).length),
      )
      .map(({ name }) => name);
  return { same: where((count) => count === 0), everywhere: where((count) => count === lab.causes.length) };
}

describe('diagnosis labs', () => {
  for (const lab of DIAGNOSIS_LABS) {
    it(`${ROWS[lab.name]} ${lab.name}: each cause makes the symptom, none does without it, and cause and evidence are judged`, () => {
      const runs = runsOf(lab, 5);
      expect(runs.calm.hasSymptom).toBe(false);
      const { same, everywhere } = cheapest(lab, runs);
      for (const [cause, evidence] of Object.entries(DECISIVE[lab.name] ?? {})) {
        const hidden = hiding(runs, cause);
        expect([cause, hidden.seen.hasSymptom]).toEqual([cause, true]);
        const passes = (named: string, seen: readonly string[]): boolean =>
          gradeDiagnosis(lab, hidden, { cause: named, evidence: seen }).passed;
        expect([cause, passes(cause, [evidence])]).toEqual([cause, true]);
        // The right cause with no evidence, or with any that is wrong beside the right one.
        expect(passes(cause, [])).toBe(false);
        for (const wrong of [...same, ...everywhere, 'the weather'])
          expect([wrong, passes(cause, [evidence, wrong])]).toEqual([wrong, false]);
        // Another cause with the right evidence, and the right cause with another's evidence.
        for (const [other, theirs] of Object.entries(DECISIVE[lab.name] ?? {})) {
          if (other === cause) continue;
          expect([other, passes(other, [evidence])]).toEqual([other, false]);
          expect([theirs, passes(cause, [theirs])]).toEqual([theirs, false]);
        }
      }
      expect(same.length + everywhere.length).toBeGreaterThan(0);
    });
  }

  it('S1.137 evidence that fits two causes does not pass alone, and says which; a counter of the gateway tells them apart', () => {
    const lab = DIAGNOSIS_LABS.find(({ name }) => name === 'some-clients-fail') as DiagnosisLab;
    const runs = hiding(runsOf(lab, 2), 'nat-ports');
    const { passed, parts } = gradeDiagnosis(lab, runs, { cause: 'nat-ports', evidence: ['by-source'] });
    expect(passed).toBe(false);
    expect(parts.find(({ part }) => part === 'evidence')?.reason).toBe(
      'together it fits nat-ports and conntrack-full and mtu alike',
    );
    expect(
      gradeDiagnosis(lab, runs, { cause: 'nat-ports', evidence: ['by-source', 'nat-ports'] }).passed,
    ).toBe(true);
  });

  it('seeds hide different causes, and a seed the same one each time', () => {
    for (const lab of DIAGNOSIS_LABS) {
      const hidden = Array.from({ length: 40 }, (_, seed) => hiddenCause(lab, seed));
      expect(new Set(hidden).size).toBe(lab.causes.length);
      expect(hidden).toEqual(Array.from({ length: 40 }, (_, seed) => hiddenCause(lab, seed)));
    }
  });
});
