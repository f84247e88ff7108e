import type { V1EnvVar, V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import type { CoordinationCluster } from '@rookery/crds';
import { authorityConfigMapName, certificatesSecretName } from '../model/cluster-names.ts';
import {
  BUNDLE_KEY,
  broughtLeafName,
  CERTIFICATE_KEY,
  CLIENTS_FILE,
  clientAuthoritiesName,
  isClientTlsOwn,
  memberFile,
  PRIVATE_KEY_KEY,
} from '../model/tls.ts';
import type { Blueprint } from './blueprint.ts';
import type { ConfigMap } from './config-map.ts';
import { owned } from './metadata.ts';
import { PEER_TLS_MODE_VARIABLE } from './peer-tls.ts';
import { SECRET_FILE_MODE } from './pod-security.ts';

/** Kubernetes puts in what the variable holds that stands before. */
const ORDINAL = '$(ROOKERY_ORDINAL)';
const VOLUME = 'tls';
const FOLDER = '/etc/rookery-tls';
const BROUGHT_VOLUME = 'client-tls';
const BROUGHT_FOLDER = '/etc/rookery-client-tls';
const CLIENT_AUTHORITIES_VOLUME = 'client-authorities';
const CLIENT_AUTHORITIES_FOLDER = '/etc/rookery-client-authorities';

const FOLDERS: Readonly<Record<string, string>> = {
  [VOLUME]: FOLDER,
  [BROUGHT_VOLUME]: BROUGHT_FOLDER,
  [CLIENT_AUTHORITIES_VOLUME]: CLIENT_AUTHORITIES_FOLDER,
};

/** Where members find what they show and trust; nothing where no port speaks TLS. */
export function tlsEnvironment({ cluster: { spec }, peerTls }: Blueprint): V1EnvVar[] {
  const { client } = spec.tls;
  const members =
    peerTls === 'off'
      ? []
      : [
          { name: PEER_TLS_MODE_VARIABLE, value: peerTls },
          { name: 'ROOKERY_PEER_TLS_KEY_STORE', value: `${FOLDER}/${memberFile(ORDINAL)}` },
          { name: 'ROOKERY_PEER_TLS_TRUST_STORE', value: `${FOLDER}/${BUNDLE_KEY}` },
        ];
  if (client.mode === 'Disabled') return members;
  return [
    ...members,
    { name: 'ROOKERY_CLIENT_TLS_MODE', value: client.mode === 'Required' ? 'required' : 'optional' },
    {
      name: 'ROOKERY_CLIENT_TLS_KEY_STORE',
      value: isClientTlsOwn(spec.tls) ? `${FOLDER}/${CLIENTS_FILE}` : BROUGHT_FOLDER,
    },
    ...clientAuthEnvironment(client.clientAuth),
  ];
}

/** Without an authority that vouches for clients' certificates, who they are is proved by SASL and `auth` alone. */
function clientAuthEnvironment(
  clientAuth: CoordinationCluster['spec']['tls']['client']['clientAuth'],
): V1EnvVar[] {
  const name = 'ROOKERY_CLIENT_TLS_CLIENT_AUTH';
  if (clientAuth === undefined) return [{ name, value: 'none' }];
  return [
    { name, value: clientAuth.mode === 'Required' ? 'need' : 'want' },
    { name: 'ROOKERY_CLIENT_TLS_TRUST_STORE', value: `${CLIENT_AUTHORITIES_FOLDER}/${BUNDLE_KEY}` },
  ];
}

/** Whole folders: a file mounted by itself would never be brought up to date. */
export function tlsMounts(blueprint: Blueprint): V1VolumeMount[] {
  return tlsVolumes(blueprint).map(({ name }) => ({
    name,
    mountPath: FOLDERS[name]!,
    readOnly: true,
  }));
}

export function tlsVolumes({ cluster, peerTls }: Blueprint): V1Volume[] {
  const { metadata, spec } = cluster;
  const { mode } = spec.tls.client;
  const secretName = broughtLeafName(cluster);
  const clientAuthorities = clientAuthoritiesName(cluster);
  const own = peerTls !== 'off' || isClientTlsOwn(spec.tls);
  return [
    ...(own
      ? [
          {
            name: VOLUME,
            secret: { secretName: certificatesSecretName(metadata.name), defaultMode: SECRET_FILE_MODE },
          },
        ]
      : []),
    ...(mode === 'Disabled' || secretName === undefined
      ? []
      : [
          {
            name: BROUGHT_VOLUME,
            secret: {
              secretName,
              defaultMode: SECRET_FILE_MODE,
              items: [CERTIFICATE_KEY, PRIVATE_KEY_KEY].map((key) => ({ key, path: key })),
            },
          },
        ]),
    ...(clientAuthorities === undefined
      ? []
      : [
          {
            name: CLIENT_AUTHORITIES_VOLUME,
            secret: {
              secretName: clientAuthorities,
              defaultMode: SECRET_FILE_MODE,
              // The private key of an authority may lie beside it: members have no use for that.
              items: [{ key: BUNDLE_KEY, path: BUNDLE_KEY }],
            },
          },
        ]),
  ];
}

/** Whom clients are to trust: anybody may know. undefined: nobody needs it, or there is no authority yet. */
export function authorityConfigMap(blueprint: Blueprint): ConfigMap | undefined {
  const { cluster, authorities } = blueprint;
  if (authorities === '' || !isClientTlsOwn(cluster.spec.tls)) return undefined;
  return {
    ...owned(blueprint, 'v1', 'ConfigMap', authorityConfigMapName(cluster.metadata.name)),
    data: { [BUNDLE_KEY]: authorities },
  };
}
