import { ApiError, type Events, type Logger, type ReconcileResult } from '@rookery/kube';
import { type KubeObject, nameOfKey } from '@rookery/kube/objects';
import type { Actor } from './act/actor.ts';
import { decide, POLL_MS } from './decide/decide.ts';
import { type ClusterEvent, eventsOf } from './decide/events.ts';
import { isForReadReplicas } from './decide/read-replicas/next-step.ts';
import { sameStatus, statusOf } from './decide/status.ts';
import { isAskedOfCertManager } from './decide/tls/issued.ts';
import type { Observed } from './model/observed.ts';
import type { Step } from './model/step.ts';
import type { AppliedObjects } from './observe/applied.ts';
import { type Observer, writeKey } from './observe/observer.ts';
import type { OwnWrites } from './observe/own-writes.ts';
import { CLUSTERS } from './resource-types.ts';

export interface ReconcilerParts {
  readonly observer: Observer;
  readonly actor: Actor;
  readonly events: Pick<Events, 'normal' | 'warning'>;
  readonly ownWrites: OwnWrites;
  readonly applied: AppliedObjects;
  readonly log: Logger;
}

/** observe → decide → act: one step of one cluster, then the same from the beginning. */
export class Reconciler {
  readonly #parts: ReconcilerParts;

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
  }

  /** @param key of the CoordinationCluster. Rejects with ApiError where a step could not be done. */
  async reconcile(key: string, signal: AbortSignal): Promise<ReconcileResult> {
    const observed = await this.#parts.observer.observe(nameOfKey(key), signal);
    if (observed === undefined) {
      this.#parts.applied.forget(key);
      this.#parts.ownWrites.forget(writeKey(CLUSTERS, nameOfKey(key)));
      return {};
    }
    const step = decide(observed);
    if (step.kind === 'wait') return { requeueAfterMs: step.forMs };
    let isChanged: boolean;
    try {
      isChanged = await this.#parts.actor.perform(step, observed.cluster, signal);
    } catch (error) {
      await this.#tellFailure(observed, step, error, signal);
      const isAside = isForReadReplicas(observed, step) || isForCertManager(step);
      if (!isLasting(error, step) || !isAside) throw error;
      // Thrown, it would be tried ever more seldom, and the members be looked at no more often.
      this.#parts.log.warn(
        { cluster: key, step: step.kind, err: error },
        'a step that nothing else waits for is refused',
      );
      return { requeueAfterMs: POLL_MS };
    }
    this.#log(key, step, isChanged);
    if (isChanged) this.#publish(observed, eventsOf(step, observed));
    return { requeueAfterMs: 0 };
  }

  /**
   * A refusal that another try will not change, such as a quota or a missing permission, is shown to people where they look. All else is
   * tried again quietly.
   */
  async #tellFailure(observed: Observed, step: Step, error: unknown, signal: AbortSignal): Promise<void> {
    if (!isLasting(error, step) || step.kind === 'writeStatus') return;
    const failed = withFailure(observed, step, `A step (${step.kind}) was refused: ${error.message}`);
    const status = statusOf(failed);
    if (sameStatus(status, observed.cluster.status)) return;
    const told: Step = { kind: 'writeStatus', status };
    try {
      await this.#parts.actor.perform(told, observed.cluster, signal);
      this.#publish(observed, eventsOf(told, failed));
    } catch (second) {
      this.#parts.log.warn({ err: second }, 'could not show in the status that a step failed');
    }
  }

  #log(key: string, step: Step, isChanged: boolean): void {
    const object = 'object' in step ? { kind: step.object.kind, name: step.object.metadata.name } : {};
    const why = 'why' in step ? { why: step.why } : {};
    const entry = { cluster: key, step: step.kind, ...object, ...why };
    if (isChanged) this.#parts.log.info(entry, 'reconcile step applied');
    // An operator that has just begun applies everything once.
    else this.#parts.log.debug(entry, 'reconcile step changed nothing');
  }

  #publish({ cluster }: Observed, events: readonly ClusterEvent[]): void {
    const about: KubeObject = cluster;
    for (const { type, reason, message } of events) {
      if (type === 'Normal') this.#parts.events.normal(about, reason, message);
      else this.#parts.events.warning(about, reason, message);
    }
  }
}

/** What is refused of the read replicas alone is in nobody's way but theirs. */
function withFailure(observed: Observed, step: Step, failure: string): Observed {
  return isForReadReplicas(observed, step)
    ? { ...observed, readReplicas: { ...observed.readReplicas, failure } }
    : { ...observed, failure };
}

const LASTING: ReadonlySet<number> = new Set([400, 401, 403, 413, 422]);

/** Cert-manager's types may be gone, and its webhook may not answer: whoever waits for a certificate is told. */
function isLasting(error: unknown, step: Step): error is ApiError {
  if (!(error instanceof ApiError)) return false;
  return LASTING.has(error.code) || (isForCertManager(step) && (error.code === 404 || error.code >= 500));
}

function isForCertManager(step: Step): boolean {
  return step.kind === 'apply' && isAskedOfCertManager(step.object);
}
