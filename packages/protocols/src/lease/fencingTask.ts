import { clonePlain, type Plain } from '@holdfast/plain';

/**
 * A design to be graded (S4.25): how leaders are told apart, and what the resource they write to checks. The resource's state is plain data;
 * `durable` is what of it a restart leaves.
 */
export interface FencingDesign {
  readonly name: string;
  /** What the election gives the next leader to show; `previous` was given to the one before, null at first. `wallMs` is the elector's clock. */
  elect(leader: string, previous: Plain, wallMs: number): Plain;
  /** The resource before anybody has written. */
  empty(): Plain;
  /** A write arrives: whether it is carried out, and what the resource is afterwards. */
  write(
    resource: Plain,
    shown: Plain,
    value: number,
  ): { readonly accepted: boolean; readonly resource: Plain };
  /** What is left of the resource after a restart. */
  durable(resource: Plain): Plain;
}

/** One case of the suite. */
export interface FencingGrade {
  readonly name: string;
  readonly passed: boolean;
  /** What happened, a step each. */
  readonly steps: readonly string[];
}

/** What a case may do, one step after the other. */
class Course {
  readonly steps: string[] = [];
  accepted = true;
  private readonly design: FencingDesign;
  private resource: Plain;
  private previous: Plain = null;

  constructor(design: FencingDesign) {
    this.design = design;
    this.resource = design.empty();
  }

  elect(leader: string, wallMs: number): Plain {
    const shown = this.design.elect(leader, this.previous, wallMs);
    this.previous = shown;
    this.steps.push(`${leader} is elected at ${wallMs} ms, and shows ${JSON.stringify(shown)}`);
    return clonePlain(shown);
  }

  write(leader: string, shown: Plain, value: number): boolean {
    const { accepted, resource } = this.design.write(clonePlain(this.resource), shown, value);
    this.resource = clonePlain(resource);
    this.steps.push(`${leader} writes ${value}: ${accepted ? 'carried out' : 'refused'}`);
    return accepted;
  }

  restart(): void {
    this.resource = clonePlain(this.design.durable(this.resource));
    this.steps.push('the resource restarts');
  }
}

const CASES: Readonly<Record<string, (course: Course) => boolean>> = {
  'a leader writes again and again': (course) => {
    const a = course.elect('A', 0);
    return [1, 2, 3].every((value) => course.write('A', a, value));
  },
  'a leader paused past its lease resumes and writes': (course) => {
    const a = course.elect('A', 0);
    const first = course.write('A', a, 1);
    // A sleeps; its lease ends.
    const b = course.elect('B', 5_000);
    const next = course.write('B', b, 2);
    const late = course.write('A', a, 3);
    return first && next && !late && course.write('B', b, 4);
  },
  'the same leader is elected again, and a write of its first term comes late': (course) => {
    const first = course.elect('A', 0);
    const b = course.elect('B', 5_000);
    const between = course.write('B', b, 1);
    const again = course.elect('A', 10_000);
    const next = course.write('A', again, 2);
    return between && next && !course.write('A', first, 3);
  },
  'the resource restarts before the stale write comes': (course) => {
    const a = course.elect('A', 0);
    const b = course.elect('B', 5_000);
    const next = course.write('B', b, 1);
    course.restart();
    return next && !course.write('A', a, 2) && course.write('B', b, 3);
  },
  "the elector's clock goes back between two elections": (course) => {
    const a = course.elect('A', 9_000);
    const first = course.write('A', a, 1);
    const b = course.elect('B', 4_000);
    const next = course.write('B', b, 2);
    return first && next && !course.write('A', a, 3);
  },
};

/**
 * Runs a design through the pause-past-lease suite: a stale write must be refused whatever pauses, restarts and clocks do, and the leader's own must not. Why
 * at the resource: the old leader cannot know that its lease is over, and the elector does not see its writes (Gray and Cheriton 1989; Burrows,
 * "Chubby", 2006, section 2.4).
 */
export function gradeFencing(design: FencingDesign): readonly FencingGrade[] {
  return Object.entries(CASES).map(([name, play]) => {
    const course = new Course(design);
    const passed = play(course);
    return { name, passed, steps: course.steps };
  });
}
