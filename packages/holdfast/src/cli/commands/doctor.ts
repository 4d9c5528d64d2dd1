import { DEVICE_PROGRAMS, diagnose, installMissing, SYSTEMS } from '@holdfast/live';
import { InputError, messageOf } from '../../node/inputError.ts';
import type { ExitCode } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { columns } from '../text.ts';

/** `holdfast doctor`: what this machine can do with real clusters, and how to get the rest. Ends with 0 even when much is missing. */
export function doctor(options: { readonly install: boolean; readonly json: boolean }, io: Io): ExitCode {
  if (options.install) install(io);
  const found = diagnose();
  if (options.json) {
    io.out(`${JSON.stringify({ format: 'holdfast-doctor', version: 1, capabilities: found }, null, 2)}\n`);
    return 0;
  }
  const rows = found.map((one) => [one.able ? 'yes' : 'no ', one.kind, one.name, one.found]);
  for (const line of columns(rows)) io.out(`${line}\n`);
  for (const { name, remedy } of found) {
    if (remedy !== undefined) io.out(`to get ${name}: ${remedy}\n`);
  }
  return 0;
}

function install(io: Io): void {
  for (const { needs } of [...SYSTEMS, { needs: DEVICE_PROGRAMS }]) {
    try {
      const fetched = installMissing(needs);
      if (fetched.length > 0) io.err(`installed ${fetched.join(', ')}\n`);
    } catch (error) {
      throw new InputError(messageOf(error), 'or leave --install out', { cause: error });
    }
  }
}
