export { canDrain } from './drain.ts';
export type { ProgramSettings } from './modules/globals.ts';
export { nodeProgram } from './nodeProgram.ts';
export { type ProgramOutcome, type ProgramRun, runPrograms } from './runPrograms.ts';
export { segmentBytes, segmentLabel } from './stream/segment.ts';
export { UnsupportedError } from './unsupported.ts';
