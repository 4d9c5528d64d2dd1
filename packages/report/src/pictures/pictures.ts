import type { RunModel } from '../model/model.ts';
import type { Scene } from '../scene/scene.ts';
import { layoutOperations } from './operations.ts';
import { layoutOverview } from './overview.ts';
import { layoutSpaceTime } from './spaceTime.ts';
import { layoutStrips } from './strips.ts';
import type { View } from './view.ts';

/** The pictures of a run, in the order they stand on the page: those its data can fill. */
export function layoutAll(model: RunModel, view: View): readonly Scene[] {
  const scenes: Scene[] = [layoutOverview(model, view)];
  if (model.trace.events.length > 0) scenes.push(layoutSpaceTime(model, view), layoutStrips(model, view));
  if (model.history.operations.length > 0) scenes.push(layoutOperations(model, view));
  return scenes;
}
