import type { CoordinationCluster } from '@rookery/crds';
import type { KubeApi } from '@rookery/kube';
import { ADMIN_TOKEN_KEY, adminSecretName, JOIN_SECRET_KEY } from '../model/cluster-names.ts';
import type { AdminSecretStep } from '../model/step.ts';
import type { Seen } from '../model/tls.ts';
import { type AdminSecret, linesOf, ROTATING_FOR_ANNOTATION } from '../observe/admin-secret.ts';
import { ASKED_BY_ANNOTATION, seenOf } from '../observe/tls-secrets.ts';
import { SECRETS } from '../resource-types.ts';
import { changedSince, writeSecret } from './owned-secret.ts';

const KEYS = [ADMIN_TOKEN_KEY, JOIN_SECRET_KEY] as const;

/** What stands under each of the keys, by what stood there. */
type Text = (lines: readonly string[]) => string;

/** Performs the steps that write NAME-admin, each of which is one write, over what was looked at and nothing else. */
export class AdminSecrets {
  readonly #newToken: () => string;

  /** @param newToken a new secret that nobody can guess: printable ASCII without spaces */
  constructor(newToken: () => string) {
    this.#newToken = newToken;
  }

  async perform(api: KubeApi, step: AdminSecretStep, cluster: CoordinationCluster): Promise<void> {
    const name = adminSecretName(cluster.metadata.name);
    switch (step.kind) {
      case 'createAdminToken': {
        const annotations = step.rotatedFor === '' ? {} : { [ASKED_BY_ANNOTATION]: step.rotatedFor };
        return writeSecret(api, cluster, name, undefined, textsOf(undefined, this.#newToken), annotations);
      }
      case 'addAdminToken': {
        // What somebody has put behind the one in use already is the next one.
        const added: Text = ([current, next = this.#newToken()]) => `${current}\n${next}`;
        const texts = textsOf(await readSeen(api, cluster, name, step.seen), added);
        return writeSecret(api, cluster, name, step.seen, texts, {
          [ROTATING_FOR_ANNOTATION]: step.rotatingFor,
        });
      }
      case 'dropAdminToken': {
        const newest: Text = (lines) => lines.at(-1) ?? '';
        const texts = textsOf(await readSeen(api, cluster, name, step.seen), newest);
        return writeSecret(api, cluster, name, step.seen, texts, {
          [ROTATING_FOR_ANNOTATION]: null,
          [ASKED_BY_ANNOTATION]: step.rotatedFor,
        });
      }
      default:
        return step satisfies never;
    }
  }
}

function textsOf(secret: AdminSecret | undefined, text: Text): Record<string, string> {
  return Object.fromEntries(KEYS.map((key) => [key, text(linesOf(secret, key))]));
}

/** Rejects with ApiError where it has changed since the step was decided. */
async function readSeen(
  api: KubeApi,
  { metadata: { namespace } }: CoordinationCluster,
  name: string,
  { uid, resourceVersion }: Seen,
): Promise<AdminSecret> {
  const secret = await api.get<AdminSecret>(SECRETS, { namespace, name });
  const now = seenOf(secret);
  if (now.uid !== uid || now.resourceVersion !== resourceVersion) throw changedSince(name);
  return secret;
}
