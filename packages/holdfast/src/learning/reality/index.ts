export { markCauses } from './causeMarks.ts';
export { causeOf, KNOWN_CAUSES } from './causes.ts';
