import type { Ensemble } from '../systems/ensemble.ts';
import { filePlaces, memberPlaces } from './member-places.ts';
import { processPlaces } from './process-places.ts';
import type { Place } from './secret-search.ts';

/** What the members of an ensemble that runs show: answers, arguments, and every log in its folder. What they keep on their disks is not shown. */
export async function ensemblePlaces({ system, folder, members }: Ensemble): Promise<Place[]> {
  const places = filePlaces(folder, (path) => /\.(?:log|json)$/.test(path));
  for (const { serverId, endpoint, pid, plan } of members) {
    if (pid === undefined) continue;
    const name = `member ${serverId}`;
    const http = system.name === 'rookery' ? { url: `http://${endpoint.host}:${plan.adminPort}/` } : {};
    places.push(...processPlaces(pid, name), ...(await memberPlaces({ name, endpoint, ...http })));
  }
  return places;
}
