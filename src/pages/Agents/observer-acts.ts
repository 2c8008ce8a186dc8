/** By then the observer has done what a person asked of it, milliseconds. */
export const OBSERVER_ACTS_MS = 1500;
