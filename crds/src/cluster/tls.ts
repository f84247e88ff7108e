import {
  choice,
  defaulted,
  list,
  object,
  optional,
  rules,
  section,
  text,
  textLike,
} from '../schema/builder.ts';
import { duration } from './duration.ts';
import { MAX_OBJECT_NAME_LENGTH } from './names.ts';
import { secretName } from './secret-name.ts';

export const PEER_TLS_MODES = ['Auto', 'Disabled'] as const;
export const CLIENT_TLS_MODES = ['Disabled', 'Optional', 'Required'] as const;
export const CLIENT_AUTH_MODES = ['Optional', 'Required'] as const;

/** A DNS name, whose first label may be a wildcard, or an address of either family. */
const HOST_NAME =
  '^((\\*\\.)?[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$';
const MAX_HOST_NAMES = 32;
const CERT_MANAGER_GROUP = 'cert-manager.io';
const MAX_KIND_LENGTH = 63;

/** As cert-manager's Certificates name whom they are issued by. */
function issuer(description: string) {
  return optional(
    object(
      description,
      {
        name: text('Its name.', { minLength: 1, maxLength: MAX_OBJECT_NAME_LENGTH }),
        kind: defaulted(
          text('Issuer, of the same namespace, or ClusterIssuer; of another group, what that calls it.', {
            minLength: 1,
            maxLength: MAX_KIND_LENGTH,
          }),
          'Issuer',
        ),
        group: defaulted(
          text("The group of that kind: cert-manager's own, or that of an external issuer.", {
            minLength: 1,
            maxLength: MAX_OBJECT_NAME_LENGTH,
          }),
          CERT_MANAGER_GROUP,
        ),
      },
      rules({
        rule: `self.group != '${CERT_MANAGER_GROUP}' || self.kind in ['Issuer', 'ClusterIssuer']`,
        fieldPath: '.kind',
        message: 'write Issuer or ClusterIssuer, or the group of the external issuer whose kind this is',
      }),
    ),
  );
}

/** Both say where a certificate comes from. */
const ONE_SOURCE = {
  rule: '!has(self.secretName) || !has(self.issuer)',
  fieldPath: '.issuer',
  message:
    'write secretName or issuer and leave out the other: a Secret is brought along, or cert-manager makes one',
} as const;

const peer = section(
  object(
    'Between members: each shows a certificate that names it.',
    {
      mode: optional(
        choice(
          'Auto: an authority of this cluster, which the operator makes and renews. Disabled: members prove a secret to one another, and encrypt nothing. Absent: Auto for a cluster that begins; one that runs stays as it is. Another mode is brought in by rolling updates, without an interruption.',
          PEER_TLS_MODES,
        ),
      ),
      secretName: secretName(
        "A Secret of the same namespace with tls.crt and tls.key of a certificate authority, which then signs the members' certificates in the place of one that the operator makes. What it comes to hold is trusted beside what it held before anything is signed by it.",
      ),
      issuer: issuer(
        'Who issues that authority by cert-manager, in the place of a secretName: the operator asks by the Certificate NAME-issued-authority, and cert-manager renews it. Needs an operator that was installed with certManager.enabled, and an issuer that issues certificates of authorities (isCA).',
      ),
    },
    rules(ONE_SOURCE),
  ),
);

const client = section(
  object(
    'Between clients and members, at the client port.',
    {
      mode: defaulted(
        choice(
          'Optional takes connections with TLS and without, Required only those with it.',
          CLIENT_TLS_MODES,
        ),
        'Disabled',
      ),
      secretName: secretName(
        "A Secret of type kubernetes.io/tls of the same namespace, such as cert-manager keeps for a Certificate: what members show to clients. Absent: a certificate of this cluster's authority, which clients find in the ConfigMap NAME-ca.",
      ),
      issuer: issuer(
        'Who issues what members show to clients by cert-manager, in the place of a secretName: the operator asks by the Certificate NAME-issued-clients, which names the Services and hostnames. Needs an operator that was installed with certManager.enabled. Clients trust whom that issuer is vouched for by.',
      ),
      hostnames: defaulted(
        list(
          'Further names and addresses by which clients reach the members, for the certificate that the operator makes or asks an issuer for. Those of the Services are in it anyway.',
          textLike(
            'A name or an address.',
            HOST_NAME,
            'write a DNS name such as "zk.example.com" or "*.zk.example.com", or an IP address',
            { maxLength: 253 },
          ),
          { maxItems: MAX_HOST_NAMES, 'x-kubernetes-list-type': 'set' },
        ),
        [],
      ),
      clientAuth: optional(
        object(
          'Certificates that clients show: whoever shows one is its subject for ACLs of the scheme x509. Absent: none is asked for.',
          {
            mode: defaulted(
              choice(
                'Required closes connections by TLS on which none is shown; Optional takes them, too.',
                CLIENT_AUTH_MODES,
              ),
              'Required',
            ),
            secretName: text(
              "A Secret of the same namespace whose ca.crt holds the certificates of the authorities that sign clients' certificates. What it comes to hold counts for connections from then on, without a restart.",
              { minLength: 1, maxLength: MAX_OBJECT_NAME_LENGTH },
            ),
          },
        ),
      ),
    },
    rules(
      ONE_SOURCE,
      {
        rule: '!has(self.secretName) || !has(self.hostnames) || size(self.hostnames) == 0',
        fieldPath: '.hostnames',
        message: 'leave out hostnames with a secretName: whoever makes that certificate says whom it names',
      },
      {
        rule: "self.mode != 'Disabled' || !has(self.clientAuth)",
        fieldPath: '.clientAuth',
        message:
          'set mode to Required (or Optional), or leave out clientAuth: without TLS clients show no certificate',
      },
    ),
  ),
);

export const tls = section(
  object('Encryption. Certificates are renewed while the members run, without a restart.', {
    peer,
    client,
    caOverlap: defaulted(
      duration(
        'While one authority follows another, both are trusted: so long before clients are shown certificates of the next, and so long after the last certificate of the former was replaced.',
        '1s',
        '8760h',
      ),
      '24h',
    ),
  }),
);
