import type { KubeObject } from '@rookery/kube/objects';
import type { PeerTls } from './tls.ts';

export interface Plan {
  /** In the order in which they are applied: the StatefulSet last, when all that its pods need is there. */
  readonly objects: readonly KubeObject[];
  /** Those of the read replicas alone, in the same order: what is in their way is in no member's. */
  readonly readReplicas: readonly KubeObject[];
  readonly peerTls: PeerTls;
  /** What the spec says that the members are to run. */
  readonly image?: string;
  /** It has to be proved first: until then the objects are those of the image that runs. */
  readonly proof?: { readonly image: string; readonly running: string };
  /** Why there are no objects: the spec says what none can be made of. */
  readonly invalid?: string;
}
