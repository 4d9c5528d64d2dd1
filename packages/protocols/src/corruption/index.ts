export { CorruptStateError, stopUnless } from './assertion.ts';
export { type Envelope, open as openEnvelope, seal } from './envelope.ts';
export { chooseTolerance, type Threat, type Tolerance, type ToleranceAdvice } from './tolerance.ts';
