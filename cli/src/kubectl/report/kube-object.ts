import { isSecretName, REDACTED } from './redaction.ts';

/** Written by tools for themselves, and what is written is there again. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'managedFields',
  'kubectl.kubernetes.io/last-applied-configuration',
]);
/** An object of Kubernetes is far less deep. */
const MAX_DEPTH = 64;

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** An object of Kubernetes as it may be shown: no value that its name calls a secret, of a variable neither; `found` is told each of them. */
export function shownObject(value: Json, found: (secret: string) => void, depth = 0): Json {
  if (depth > MAX_DEPTH) return REDACTED;
  if (isList(value)) return value.map((each) => shownObject(each, found, depth + 1));
  if (typeof value !== 'object' || value === null) return value;
  const isSecretVariable =
    typeof value.name === 'string' && typeof value.value === 'string' && isSecretName(value.name);
  const entries = Object.entries(value)
    .filter(([name]) => !LEFT_OUT.has(name))
    .map(([name, each]): [string, Json] => {
      const isSecret =
        typeof each === 'string' && (isSecretName(name) || (isSecretVariable && name === 'value'));
      if (!isSecret) return [name, shownObject(each, found, depth + 1)];
      found(each);
      return [name, REDACTED];
    });
  // Objects of the kind Secret are not asked for; one that comes all the same has names alone.
  return value.kind === 'Secret'
    ? { kind: value.kind, metadata: { name: nameOf(value.metadata) } }
    : Object.fromEntries(entries);
}

/** Names of the Secrets that pods mount, take variables from or are pulled with. */
export function secretsNamedBy(value: Json, names = new Set<string>(), depth = 0): Set<string> {
  if (depth > MAX_DEPTH || typeof value !== 'object' || value === null) return names;
  if (isList(value)) {
    for (const each of value) secretsNamedBy(each, names, depth + 1);
    return names;
  }
  for (const [name, each] of Object.entries(value)) {
    if (name === 'secretName' && typeof each === 'string') names.add(each);
    else if (name === 'secretKeyRef' || name === 'secretRef' || (name === 'secret' && isNamed(each)))
      names.add(nameOf(each));
    else if (name === 'imagePullSecrets' && isList(each)) for (const pull of each) names.add(nameOf(pull));
    secretsNamedBy(each, names, depth + 1);
  }
  names.delete('');
  return names;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isNamed(value: Json): boolean {
  return nameOf(value) !== '';
}

function nameOf(value: Json | undefined): string {
  if (typeof value !== 'object' || value === null || isList(value)) return '';
  return typeof value.name === 'string' ? value.name : '';
}
