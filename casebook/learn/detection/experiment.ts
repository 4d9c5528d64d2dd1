import { watched } from './anyTimeout.ts';

/** A timeout of half a second, and what it makes of a crash and of a pause. */
const experiments = {
  dead: watched(500, { kind: 'crash' }),
  slow: watched(500, { kind: 'pause', forMs: 800 }),
};

export default experiments;
