import { isObject, isTrue, isUnset, take, textOf, valueAt } from '../table.ts';

export const SASL =
  'a CoordinationCluster has no users of SASL, and ACLs of the scheme sasl let nobody in there: let clients show certificates (spec.tls.client.clientAuth) or prove themselves by the scheme digest, and change those ACLs first';
export const PEM =
  'certificates come from Secrets with PEM (tls.crt, tls.key, ca.crt), not from stores of Java: see spec.tls.client';
export const PEER_AUTHORITY =
  "the operator makes the members' certificates; spec.tls.peer.secretName or issuer names an authority of yours that signs them, not a certificate";
export const SERVICE =
  'the Service has port 2181 and no such field; a further Service of your own may select the same pods';

/** The client port of members, by TLS or not: there is one. */
export const clientTls = (disableBasePort: string) =>
  take(({ key, value, values, draft }) => {
    if (!isTrue(value))
      return draft.notNeeded(key, 'clients speak plain, unless spec.tls.client.mode says otherwise');
    const isOnly = isTrue(valueAt(values, disableBasePort));
    const why = 'at port 2181, not at one of its own';
    draft.take(key, 'tls.client.mode', isOnly ? 'Required' : 'Optional', why);
  });

/** A Secret with PEM is shown as it is; one with stores of Java cannot be. */
export const clientSecret = take(({ key, value, values, draft }) => {
  if (!isTrue(valueAt(values, 'tls.client.enabled'))) return draft.notNeeded(key, 'clients speak plain');
  if (textOf(valueAt(values, 'tls.client.existingSecretKeystoreKey')) !== '') return draft.leave(key, PEM);
  draft.take(
    key,
    'tls.client.secretName',
    value,
    'it has to be of the type kubernetes.io/tls, in the same namespace, and to name the Services of this cluster',
  );
});

/** Which certificates clients have to show. Nobody is let in without one silently: where no authority can be named, that is told. */
export const clientAuth = take(({ key, value, values, draft }) => {
  const modes: Readonly<Record<string, string>> = { need: 'Required', want: 'Optional' };
  const mode = Object.hasOwn(modes, textOf(value)) ? modes[textOf(value)] : undefined;
  if (value === 'none' || !isTrue(valueAt(values, 'tls.client.enabled')))
    return draft.notNeeded(key, 'clients show no certificate');
  const secretName = valueAt(values, 'tls.client.existingSecret');
  const isPem =
    textOf(secretName) !== '' && textOf(valueAt(values, 'tls.client.existingSecretTruststoreKey')) === '';
  if (mode === undefined) draft.leave(key, `${JSON.stringify(value)} is none of none, want and need`);
  else if (isPem)
    draft.take(key, 'tls.client.clientAuth', { mode, secretName }, 'by the authorities in its ca.crt');
  else
    draft.leave(
      key,
      'NO CERTIFICATE IS ASKED FOR: name a Secret whose ca.crt has the authorities that sign them, by spec.tls.client.clientAuth.secretName',
    );
});

export const serviceType = take(({ key, value, draft }) => {
  draft.take(key, 'services.client.type', value);
});

export const policyEnabled = take(({ key, value, draft }) => {
  draft.take(key, 'networkPolicy.enabled', value);
});

/** Charts let in pods with a label that is named after the release, or whom the labels of namespaces and pods select. */
export const allowExternal = take(({ key, value, values, name, draft }) => {
  if (value !== false)
    return draft.notNeeded(
      key,
      'everybody may reach the client port, unless spec.networkPolicy.clientFrom names some',
    );
  const own = { podSelector: { matchLabels: { [`${name}-client`]: 'true' } } };
  const namespaces = valueAt(values, 'networkPolicy.ingressNSMatchLabels');
  const pods = valueAt(values, 'networkPolicy.ingressNSPodMatchLabels');
  const labels = (given: unknown) => (isObject(given) && Object.keys(given).length > 0 ? given : undefined);
  const others =
    labels(namespaces) === undefined
      ? []
      : [
          {
            namespaceSelector: { matchLabels: labels(namespaces) },
            ...(labels(pods) === undefined ? {} : { podSelector: { matchLabels: labels(pods) } }),
          },
        ];
  draft.take(
    key,
    'networkPolicy.clientFrom',
    [own, ...others],
    'the label is named after the release: see that it is the one that clients have',
  );
});

/** What only means something beside `allowExternal: false`. */
export const withAllowExternal = take(({ key, values, draft }) => {
  const isOpen = valueAt(values, 'networkPolicy.allowExternal') !== false;
  const namespaces = valueAt(values, 'networkPolicy.ingressNSMatchLabels');
  if (isOpen)
    draft.notNeeded(key, 'without networkPolicy.allowExternal: false everybody may reach the client port');
  else if (isUnset(namespaces))
    draft.notNeeded(key, 'without networkPolicy.ingressNSMatchLabels it does nothing');
  else draft.notNeeded(key, 'networkPolicy.allowExternal has it in spec.networkPolicy.clientFrom');
});
