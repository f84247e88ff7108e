import type { KubeObject } from '../kube/objects.ts';
import { RUNNING_ANNOTATION } from './labels.ts';
import { type Running, SERVER_CONTAINER } from './plan.ts';

/** For the annotation that `runningOf` reads. */
export function runningText({ replicas, image }: Running): string {
  return JSON.stringify({ replicas, image });
}

/**
 * What cannot be changed yet of a StatefulSet that `desired` made; undefined: it is no such StatefulSet. Number and image come from
 * the annotation, not from the fields: somebody who scales the StatefulSet by hand has made a drift that is put right, not a new
 * ensemble. Only without the annotation the fields have to do.
 */
export function runningOf(statefulSet: KubeObject): Running | undefined {
  const { spec } = statefulSet as { readonly spec?: ObservedSpec };
  const image = spec?.template?.spec?.containers?.find(({ name }) => name === SERVER_CONTAINER)?.image;
  const storageSize = spec?.volumeClaimTemplates?.[0]?.spec?.resources?.requests?.storage;
  const fields =
    spec?.replicas === undefined || image === undefined ? undefined : { replicas: spec.replicas, image };
  const running = written(statefulSet.metadata.annotations?.[RUNNING_ANNOTATION]) ?? fields;
  if (running === undefined) return undefined;
  return { ...running, ...(storageSize === undefined ? {} : { storageSize }) };
}

/** undefined where there is nothing, or what the operator would not have written. */
function written(text: string | undefined): Running | undefined {
  if (text === undefined) return undefined;
  try {
    const { replicas, image } = JSON.parse(text) as { readonly replicas?: unknown; readonly image?: unknown };
    if (!Number.isSafeInteger(replicas) || typeof replicas !== 'number' || replicas < 1) return undefined;
    return typeof image === 'string' ? { replicas, image } : undefined;
  } catch {
    return undefined;
  }
}

/** The part that is read here; the object comes from the API server, where anybody may have changed it. */
interface ObservedSpec {
  readonly replicas?: number;
  readonly template?: {
    readonly spec?: {
      readonly containers?: readonly { readonly name?: string; readonly image?: string }[];
    };
  };
  readonly volumeClaimTemplates?: readonly {
    readonly spec?: { readonly resources?: { readonly requests?: { readonly storage?: string } } };
  }[];
}
