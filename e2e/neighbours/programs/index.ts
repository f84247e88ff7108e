import type { Neighbour } from '../neighbour.ts';

/** In the order of the page. */
export const neighbours: readonly Neighbour[] = [];
