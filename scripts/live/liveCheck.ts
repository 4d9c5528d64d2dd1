import { diagnose } from '@holdfast/live';

/** One check of `npm run test:live`. */
export interface LiveCheck {
  readonly name: string;
  /** Why it cannot run here; undefined when it can. */
  skip(): string | undefined;
  /** Rejects when the check fails. */
  run(): Promise<void>;
}

/** Why checks of a system or device cannot run here. */
export function lacking(...names: readonly string[]): string | undefined {
  const lack = diagnose().find(({ name, able }) => names.includes(name) && !able);
  return lack === undefined ? undefined : `${lack.name}: ${lack.found}`;
}
