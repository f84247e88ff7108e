import type { CoordinationCluster } from '@rookery/crds';
import { ApiError, isApiError, type KubeApi } from '@rookery/kube';
import type { KubeObject } from '@rookery/kube/objects';
import { ADMIN_TOKEN_KEY, adminSecretName, JOIN_SECRET_KEY } from '../model/cluster-names.ts';
import type { AdminSecretStep } from '../model/step.ts';
import { type AdminSecret, linesOf, ROTATING_FOR_ANNOTATION } from '../observe/admin-secret.ts';
import { ASKED_BY_ANNOTATION } from '../observe/tls-secrets.ts';
import { SECRETS } from '../resource-types.ts';
import { ownedSecret } from './owned-secret.ts';

const KEYS = [ADMIN_TOKEN_KEY, JOIN_SECRET_KEY] as const;

/** Performs the steps that write NAME-admin, each of which is one write, over what was looked at and nothing else. */
export class AdminSecrets {
  readonly #newToken: () => string;

  /** @param newToken a new secret that nobody can guess: printable ASCII without spaces */
  constructor(newToken: () => string) {
    this.#newToken = newToken;
  }

  async perform(api: KubeApi, step: AdminSecretStep, cluster: CoordinationCluster): Promise<void> {
    switch (step.kind) {
      case 'createAdminToken':
        return this.#create(api, cluster, step.rotatedFor);
      case 'addAdminToken': {
        // What somebody has put behind the one in use already is the next one.
        const added = ([current, next = this.#newToken()]: readonly string[]) => `${current}\n${next}`;
        return rewrite(api, cluster, step, added, { [ROTATING_FOR_ANNOTATION]: step.rotatingFor });
      }
      case 'dropAdminToken':
        return rewrite(api, cluster, step, (lines) => lines.at(-1) ?? '', {
          [ROTATING_FOR_ANNOTATION]: null,
          [ASKED_BY_ANNOTATION]: step.rotatedFor,
        });
      default:
        return step satisfies never;
    }
  }

  async #create(api: KubeApi, cluster: CoordinationCluster, rotatedFor: string): Promise<void> {
    const { metadata, ...secret } = ownedSecret(cluster, adminSecretName(cluster.metadata.name));
    const annotations = rotatedFor === '' ? {} : { annotations: { [ASKED_BY_ANNOTATION]: rotatedFor } };
    const data = Object.fromEntries(KEYS.map((key) => [key, base64(this.#newToken())]));
    try {
      await api.create(SECRETS, { ...secret, metadata: { ...metadata, ...annotations }, data } as KubeObject);
    } catch (error) {
      // Whoever was first: there is one, and it is not overwritten.
      if (!isApiError(error, 409, 'AlreadyExists')) throw error;
    }
  }
}

/** Rejects with ApiError where it has changed since it was looked at. */
async function rewrite(
  api: KubeApi,
  cluster: CoordinationCluster,
  { seen }: Extract<AdminSecretStep, { readonly seen: unknown }>,
  text: (lines: readonly string[]) => string,
  annotations: Readonly<Record<string, string | null>>,
): Promise<void> {
  const at = { namespace: cluster.metadata.namespace, name: adminSecretName(cluster.metadata.name) };
  const secret = await api.get<AdminSecret>(SECRETS, at);
  const { uid, resourceVersion } = secret.metadata;
  if (uid !== seen.uid || resourceVersion !== seen.resourceVersion)
    throw new ApiError(409, 'Conflict', `the Secret ${at.name} has changed since it was looked at`);
  const data = Object.fromEntries(KEYS.map((key) => [key, base64(text(linesOf(secret, key)))]));
  await api.mergePatch<KubeObject>(SECRETS, at, { metadata: { ...seen, annotations }, data });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
