import type { Stream } from '../choices/stream.ts';
import { assertInRange, assertWhole } from '../models/optionError.ts';

/** How a time daemon corrects a clock. */
export interface NtpConfig {
  /** A measured offset below this is left alone. */
  readonly deadZoneUs: number;
  /** Up to this offset the clock is slewed; above it is stepped. */
  readonly stepThresholdUs: number;
  /** How fast a slew is, parts per million. */
  readonly slewPpm: number;
  /** Above this the daemon refuses and leaves the clock alone, thinking its source insane; 0 for never. */
  readonly panicThresholdUs: number;
}

/** The defaults of ntpd: steps above 128 ms, slews at 500 ppm, gives up above 1,000 s. Source: ntpd manual page. */
export const NTPD: NtpConfig = {
  deadZoneUs: 0,
  stepThresholdUs: 128_000,
  slewPpm: 500,
  panicThresholdUs: 1_000_000_000,
};

/** What to do about a measured offset. */
export type ClockCorrection =
  | { readonly kind: 'none' }
  | { readonly kind: 'slew'; readonly byUs: number; readonly ratePpm: number }
  | { readonly kind: 'step'; readonly byUs: number }
  | { readonly kind: 'refuse'; readonly offsetUs: number };

/**
 * What a time daemon does about a clock measured to be `measuredOffsetUs` ahead (negative: behind). A pure function; small
 * errors are slewed and only errors above the threshold make the clock jump.
 */
export function disciplineClock(measuredOffsetUs: number, config: NtpConfig): ClockCorrection {
  assertWhole('measuredOffsetUs', measuredOffsetUs, -1e15, 1e15);
  assertInRange('slewPpm', config.slewPpm, 1, 100_000);
  const size = Math.abs(measuredOffsetUs);
  if (size === 0 || size < config.deadZoneUs) return { kind: 'none' };
  if (config.panicThresholdUs > 0 && size > config.panicThresholdUs) {
    return { kind: 'refuse', offsetUs: measuredOffsetUs };
  }
  if (size > config.stepThresholdUs) return { kind: 'step', byUs: -measuredOffsetUs };
  return { kind: 'slew', byUs: -measuredOffsetUs, ratePpm: config.slewPpm };
}

/**
 * How far the client's clock is behind the server's, as NTP estimates it from one exchange: request sent (client clock),
 * request received, answer sent (server clock), answer received (client clock). Wrong by half the difference of the two
 * one-way delays, which no exchange can see. Source: RFC 5905, section 8.
 */
export function ntpOffsetUs(sentUs: number, receivedUs: number, answeredUs: number, backUs: number): number {
  return Math.round((receivedUs - sentUs + (answeredUs - backUs)) / 2);
}

/** How accurately clocks are kept somewhere. Defaults to start from, not facts. */
export interface NtpPreset {
  readonly name: string;
  /** The size of the remaining error after synchronisation. */
  readonly errorUs: { readonly min: number; readonly max: number };
  readonly isDefault: true;
  readonly source: string;
}

const COURSE = 'course notes on physical clock problems';

/** Named accuracies (S2.12). Well-run local networks do better than `lan`, bad paths worse than `internet`. */
export const NTP_PRESETS: {
  readonly wellRunLan: NtpPreset;
  readonly lan: NtpPreset;
  readonly internet: NtpPreset;
  readonly badPath: NtpPreset;
} = {
  wellRunLan: preset('well-run LAN', 10, 1_000, 'RFC 5905, section 1: tens of microseconds with care'),
  lan: preset('LAN', 1_000, 10_000, `${COURSE}; pessimistic`),
  internet: preset('internet', 10_000, 100_000, COURSE),
  badPath: preset('bad path', 100_000, 500_000, 'asymmetric or congested paths exceed 100 ms'),
};

function preset(name: string, min: number, max: number, source: string): NtpPreset {
  return { name, errorUs: { min, max }, isDefault: true, source };
}

/** Draws the error that remains after synchronisation: its size inside the preset, ahead or behind alike. */
export function drawNtpErrorUs(preset: NtpPreset, stream: Stream): number {
  const size = stream.between(preset.errorUs.min, preset.errorUs.max, 'ntp-error');
  return stream.below(2, 'ntp-error-sign') === 0 ? size : -size;
}
