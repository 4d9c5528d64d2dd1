/** A point of a picture, in pixels from its top left corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The drawable primitives. `class` names what a shape means; the style sheet decides how that looks. */
export type Shape =
  | { readonly kind: 'line'; readonly class?: string; readonly from: Point; readonly to: Point }
  | {
      readonly kind: 'path';
      readonly class?: string;
      readonly points: readonly Point[];
      readonly closed?: boolean;
    }
  /** Many polylines as one shape: for what comes in hundreds. */
  | {
      readonly kind: 'paths';
      readonly class?: string;
      readonly parts: readonly (readonly Point[])[];
      readonly closed?: boolean;
    }
  | {
      readonly kind: 'rect';
      readonly class?: string;
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      /** Corner radius. */
      readonly radius?: number;
    }
  | { readonly kind: 'circle'; readonly class?: string; readonly center: Point; readonly radius: number }
  | {
      readonly kind: 'text';
      readonly class?: string;
      readonly at: Point;
      readonly text: string;
      readonly anchor?: 'start' | 'middle' | 'end';
    };

/** One thing a picture says: its shapes, and the sentence that says the same in words. */
export interface Mark {
  /** What it is, as style classes: `message lost`. */
  readonly class: string;
  /** When it starts, on the picture's time axis. */
  readonly at: number;
  /** The sentence of the text twin and of the tooltip; empty for pure decoration (axis, labels of lanes). */
  readonly text: string;
  /** Trace events it stands for, in order; empty where it stands for none. */
  readonly events: readonly number[];
  /** The operation it stands for. */
  readonly operation?: number;
  readonly shapes: readonly Shape[];
}

/** A picture as plain data: the one source of its SVG and of its text twin. */
export interface Scene {
  /** `messages`, `state`, `operations`, `overview`. */
  readonly id: string;
  readonly title: string;
  /** What the picture shows and how to read it, for somebody who does not see it. */
  readonly description: string;
  readonly width: number;
  readonly height: number;
  readonly marks: readonly Mark[];
  /** What is not drawn and how to see it; empty when everything is. */
  readonly notes: readonly string[];
}

/** The corners of a box, for `paths`. */
export function corners(x: number, y: number, width: number, height: number): readonly Point[] {
  return [
    { x, y },
    { x: x + width, y },
    { x: x + width, y: y + height },
    { x, y: y + height },
  ];
}

/** A mark that says nothing of its own. */
export function decoration(className: string, shapes: readonly Shape[]): Mark {
  return { class: className, at: 0, text: '', events: [], shapes };
}

/**
 * The approximate width of text in the pictures' font, in pixels. Fonts differ from machine to machine, so this follows
 * a wide one: text may be narrower than said, hardly ever wider.
 */
export function textWidth(text: string, fontSize = 11, bold = false): number {
  let units = 0;
  for (const character of text) {
    if ("iljtfr.,:;|!'()[] -".includes(character)) units += 0.37;
    else if ('mwMW→…—%@'.includes(character)) units += 0.93;
    else if (character >= 'A' && character <= 'Z') units += 0.69;
    else units += (character.codePointAt(0) ?? 0) > 0x2e80 ? 1.05 : 0.62;
  }
  return units * fontSize * (bold ? 1.11 : 1);
}
