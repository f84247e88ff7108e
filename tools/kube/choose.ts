import { succeeds } from './commands.ts';
import { kind } from './kind.ts';
import { namespaces } from './namespaces/provider.ts';
import type { Provider } from './provider.ts';

/** kind where a Docker engine answers, namespaces elsewhere; ROOKERY_KUBE=kind or namespaces decides otherwise. */
export async function chooseProvider(): Promise<Provider> {
  const wanted = process.env.ROOKERY_KUBE;
  if (wanted === 'kind') return kind;
  if (wanted === 'namespaces') return namespaces;
  if (wanted !== undefined && wanted !== '') {
    throw new Error(`ROOKERY_KUBE takes kind or namespaces, not ${wanted}`);
  }
  return (await succeeds(['docker', 'info'])) ? kind : namespaces;
}
