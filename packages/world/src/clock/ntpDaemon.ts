import type { Host } from '../world/host.ts';
import { disciplineClock, drawNtpErrorUs, NTPD, type NtpConfig, type NtpPreset } from './ntp.ts';

/** How a host keeps its time. */
export interface NtpDaemonOptions {
  /** How accurate a measurement is. */
  readonly preset: NtpPreset;
  /** Time between measurements, true microseconds, at least 1. */
  readonly pollUs: number;
  /** Default: ntpd's own thresholds. */
  readonly config?: NtpConfig;
}

/**
 * Keeps a host's clock near true time from now on: measures the offset, with the preset's error, and slews or steps. Nothing is
 * measured while the host is down or suspended. Returns how to stop it.
 */
export function startNtpDaemon(host: Host, options: NtpDaemonOptions): () => void {
  const { world, clock } = host;
  const { preset, pollUs, config = NTPD } = options;
  if (!Number.isInteger(pollUs) || pollUs < 1) {
    throw new RangeError(
      `Cannot poll time servers as pollUs must be a whole number of at least 1: current value is ${pollUs}`,
    );
  }
  const choices = world.choices.stream(`ntp/${host.name}`);
  let stopped = false;
  const poll = (): void => {
    if (stopped) return;
    if (host.up && !clock.isSuspended) {
      // What is left of an earlier slew is already on its way.
      const offset = clock.skewUs(world.nowUs) + clock.remainingSlewUs(world.nowUs);
      const correction = disciplineClock(offset + drawNtpErrorUs(preset, choices), config);
      if (correction.kind === 'slew' || correction.kind === 'step') {
        clock.correct(world.nowUs, correction);
        world.note(host.id, 'clock', `ntp ${correction.kind} ${correction.byUs} us`);
        world.clockChanged(host);
      }
    }
    world.at(world.nowUs + pollUs, 'ntp', poll);
  };
  world.at(world.nowUs, 'ntp', poll);
  return () => {
    stopped = true;
  };
}
