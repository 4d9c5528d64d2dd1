import type { LatencyModel } from './latency.ts';

/** A network someone may want by name. The numbers are defaults to start from, not facts about any real network. */
export interface NetworkPreset {
  readonly name: string;
  /** The round trip the preset stands for; the median of two one-way draws lies in it. */
  readonly roundTripUs: { readonly min: number; readonly max: number };
  /** One way, as links need it: half of the round trip, with a slow tail. */
  readonly latency: LatencyModel;
  /** The share of packets lost. */
  readonly loss: number;
  readonly isDefault: true;
  readonly source: string;
}

const SLOW_SHARE = 0.001;
const SLOW_FACTOR = 10;

/** A body spread evenly over the one-way range; one packet in a thousand takes up to ten times as long. */
function withSlowTail(minUs: number, maxUs: number): LatencyModel {
  return {
    kind: 'long-tail',
    body: { kind: 'uniform', minUs, maxUs },
    tail: { kind: 'uniform', minUs: maxUs, maxUs: maxUs * SLOW_FACTOR },
    tailProbability: SLOW_SHARE,
  };
}

const SOURCE =
  'latency and packet loss table of the course notes on the eight fallacies of distributed computing (Deutsch, Gosling), ' +
  'read as round trips; slow tail of 0.1 % after the FoundationDB simulator';

function preset(name: string, minMs: number, maxMs: number, spread = 0): NetworkPreset {
  return {
    name,
    roundTripUs: { min: minMs * 1000 - spread, max: maxMs * 1000 + spread },
    latency: withSlowTail(minMs * 500 - spread / 2, maxMs * 500 + spread / 2),
    loss: 0.001,
    isDefault: true,
    source: SOURCE,
  };
}

/** Named networks (S2.2). The single figure for one datacentre, 0.5 ms, is spread over 0.4 to 0.6 ms. */
export const NETWORK_PRESETS: {
  readonly sameDatacentre: NetworkPreset;
  readonly usEastToWest: NetworkPreset;
  readonly usToEurope: NetworkPreset;
  readonly acrossThePacific: NetworkPreset;
} = {
  sameDatacentre: preset('same datacentre', 0.5, 0.5, 100),
  usEastToWest: preset('US east to west', 40, 65),
  usToEurope: preset('US to Europe', 70, 120),
  acrossThePacific: preset('US to Asia across the Pacific', 100, 200),
};
