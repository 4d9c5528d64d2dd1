import { decoration, type Scene } from '../scene/scene.ts';

/** Nothing to draw: a scene that says why. */
export function emptyScene(id: string, title: string, why: string, width: number): Scene {
  const shapes = [{ kind: 'text' as const, at: { x: 12, y: 20 }, text: why }];
  return { id, title, description: why, width, height: 32, marks: [decoration('empty', shapes)], notes: [] };
}
