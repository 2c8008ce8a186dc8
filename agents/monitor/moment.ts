/** One moment on two clocks: what is told to others, and what waiting is measured by (it cannot jump). */
export interface Moment {
  /** Milliseconds since 1970. */
  wall: number;
  /** Milliseconds since some start. */
  mono: number;
}

/** The moment of a past time that another clock (the engine's) tells: never in the future. */
export function momentOf(wall: number, now: Moment): Moment {
  return { wall, mono: now.mono - Math.max(0, now.wall - wall) };
}
