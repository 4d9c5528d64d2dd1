import type { Scene } from './scene.ts';
import { sceneDefs, sceneStyle } from './style.ts';
import { writeSvg } from './svg.ts';

/** A scene as the text of an SVG file of its own: carries its style (light and dark) and its patterns. */
export function sceneToSvgFile(scene: Scene): string {
  return writeSvg(scene, `<style>${sceneStyle}</style>${sceneDefs}`);
}
