import { explorable, twoPhaseCommit } from '@holdfast/explore';

/** All 10,340,352 states: no renaming of resource managers is taken for the same. */
export default explorable(twoPhaseCommit(9));
