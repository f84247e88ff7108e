import type { Neighbour } from '../neighbour.ts';
import { dubbo } from './dubbo/neighbour.ts';
import { helix } from './helix/neighbour.ts';
import { springCloud } from './spring-cloud/neighbour.ts';

/** In the order of the page. */
export const neighbours: readonly Neighbour[] = [helix, dubbo, springCloud];
