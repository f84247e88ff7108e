import { ROTATE_CA_ANNOTATION } from '../../../src/model/cluster-names.ts';
import { answerOf, podOf, THREE } from '../observed-world.ts';
import { authorityOf, authoritySecretOf, certificatesSecretOf, day, leafOf, leavesOf } from '../tls-world.ts';
import { CLIENTS, describeTlsSteps, look, type Row, withClients } from './tls-looks.ts';

/** Three members that show their certificates, and trust these. */
const trusting = (...trusted: readonly string[]) =>
  THREE.map((pod, ordinal) => {
    const shown = {
      listener: 'members',
      serial: leafOf(ordinal).serial,
      notAfter: day(89),
      trusted,
    } as const;
    return podOf(
      ordinal,
      answerOf(ordinal + 1, ordinal === 0 ? 'leader' : 'follower', { certificates: [shown] }),
      {
        uid: pod.uid,
      },
    );
  });

const NEXT = authoritySecretOf({ next: authorityOf('two') });
const BOTH = certificatesSecretOf({ bundle: '<one><two>', trusted: ['one', 'two'] });
const SWITCHED = authoritySecretOf({ current: authorityOf('two'), former: '<one>', formerTrusted: ['one'] });
/** All of the new authority, and shown. */
const RENEWED = { ...BOTH, leaves: leavesOf({ issuer: 'two' }) };

const table: readonly Row[] = [
  [
    'that was begun: members are told of it',
    look({
      annotations: { [ROTATE_CA_ANNOTATION]: 'b' },
      tls: { authority: authoritySecretOf({ next: authorityOf('two'), rotatedFor: 'b' }) },
    }),
    { kind: 'writeCertificates', leaves: [] },
  ],
  [
    'they are told, and not all trust it',
    look({
      tls: { authority: NEXT, certificates: BOTH },
      more: { pods: [...trusting('one', 'two').slice(0, 2), trusting('one')[2]!] },
    }),
    undefined,
  ],
  [
    'one of them is of a version that does not say whom it trusts',
    look({
      tls: { authority: NEXT, certificates: BOTH },
      more: {
        pods: [
          ...trusting('one', 'two').slice(0, 2),
          podOf(
            2,
            answerOf(3, 'follower', {
              certificates: [{ listener: 'members', serial: 'A2', notAfter: day(89), trusted: undefined }],
            }),
          ),
        ],
      },
    }),
    undefined,
  ],
  [
    'one of them does not answer',
    look({
      tls: { authority: NEXT, certificates: BOTH },
      more: { pods: [...trusting('one', 'two').slice(0, 2), podOf(2, 'silent')] },
    }),
    undefined,
  ],
  [
    'one of them is away',
    look({
      tls: { authority: NEXT, certificates: BOTH },
      more: { pods: trusting('one', 'two').slice(0, 2) },
    }),
    undefined,
  ],
  [
    'all trust it',
    look({ tls: { authority: NEXT, certificates: BOTH }, more: { pods: trusting('one', 'two') } }),
    { kind: 'switchAuthority', seen: NEXT.seen },
  ],
  [
    'all trust it, and clients may not have heard of it',
    look({
      spec: CLIENTS,
      tls: { authority: NEXT, certificates: { ...BOTH, leaves: withClients, writtenAt: day(-0.99) } },
      more: { pods: trusting('one', 'two') },
    }),
    undefined,
  ],
  [
    'all trust it, and clients have had their time',
    look({
      spec: CLIENTS,
      tls: { authority: NEXT, certificates: { ...BOTH, leaves: withClients, writtenAt: day(-1) } },
      more: { pods: trusting('one', 'two') },
    }),
    { kind: 'switchAuthority' },
  ],
  [
    'it signs, and the certificates are of the former one',
    look({ tls: { authority: SWITCHED, certificates: BOTH } }),
    { kind: 'writeCertificates' },
  ],
  [
    'members show certificates of it, and the overlap is not over',
    look({ tls: { authority: SWITCHED, certificates: { ...RENEWED, writtenAt: day(-0.99) } } }),
    undefined,
  ],
  [
    'the overlap is over, and not all show them',
    look({
      tls: { authority: SWITCHED, certificates: RENEWED },
      more: {
        pods: [
          ...THREE.slice(0, 2),
          podOf(
            2,
            answerOf(3, 'follower', {
              certificates: [
                { listener: 'members', serial: 'FF', notAfter: day(89), trusted: ['one', 'two'] },
              ],
            }),
          ),
        ],
      },
    }),
    undefined,
  ],
  [
    'all show them, and the overlap is over',
    look({ tls: { authority: SWITCHED, certificates: RENEWED } }),
    { kind: 'dropAuthority', seen: SWITCHED.seen },
  ],
  [
    'the former one is trusted by none: members are told',
    look({ tls: { authority: authoritySecretOf({ current: authorityOf('two') }), certificates: RENEWED } }),
    { kind: 'writeCertificates', leaves: [] },
  ],
  [
    'the former one is trusted still, and somebody asks for yet another',
    look({
      annotations: { [ROTATE_CA_ANNOTATION]: 'c' },
      tls: { authority: SWITCHED, certificates: { ...RENEWED, writtenAt: day(-0.1) } },
    }),
    undefined,
  ],
];

describeTlsSteps('one authority follows another: what is next where', table);
