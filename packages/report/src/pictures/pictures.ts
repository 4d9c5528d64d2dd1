import type { RunModel } from '../model/model.ts';
import type { Scene } from '../scene/scene.ts';
import { layoutOperations } from './operations.ts';
import { layoutOverview } from './overview.ts';
import { layoutSpaceTime } from './spaceTime.ts';
import { layoutStrips } from './strips.ts';
import type { View } from './view.ts';

/** One picture of a run: a pure function from the run and the view to a scene of the same id. */
export interface Picture {
  readonly id: string;
  readonly layout: (model: RunModel, view: View) => Scene;
}

const OVERVIEW: Picture = { id: 'overview', layout: layoutOverview };
const MESSAGES: Picture = { id: 'messages', layout: layoutSpaceTime };
const STATE: Picture = { id: 'state', layout: layoutStrips };
const OF_HISTORY: Picture = { id: 'operations', layout: layoutOperations };

/** The pictures of a run in the order they stand on the page: those its data can fill. */
export function picturesOf(model: RunModel): readonly Picture[] {
  return [
    OVERVIEW,
    ...(model.trace.events.length > 0 ? [MESSAGES] : []),
    ...(model.nodes.some(({ states }) => states.length > 0) ? [STATE] : []),
    ...(model.history.operations.length > 0 ? [OF_HISTORY] : []),
  ];
}
