/** What members show one another and trust, while one authority follows another: the two Secrets, and what the kubelets have mounted of the one. */
import type { ShownCertificate } from '../../src/model/observed.ts';
import {
  CLIENTS_FILE,
  type LeafFacts,
  memberFile,
  type ObservedTls,
  type TlsStep,
} from '../../src/model/tls.ts';
import { NOW } from '../decide/observed-world.ts';
import {
  authorityOf,
  authoritySecretOf,
  certificatesSecretOf,
  leavesOf,
  tlsOf,
} from '../decide/tls-world.ts';
import { type Moves, podName } from './move.ts';
import { everyOrdinal, Role, runs, type Site, siteOf, type World } from './world.ts';

/** Of NAME-authority: `one` signs → `two` is to follow → `two` signs, and `one` is trusted still → `two` is left. */
export const Authority = { one: 0, oneThenTwo: 1, twoAfterOne: 2, two: 3 } as const;
export type Authority = (typeof Authority)[keyof typeof Authority];

const BUNDLES = [['one'], ['one', 'two'], ['two']] as const;
const BUNDLE_OF: Readonly<Record<Authority, number>> = [0, 1, 1, 2];
const ISSUERS = ['one', 'two'] as const;

/** The first of NAME-certificates, and of what is mounted: `one` alone is trusted, and signs. */
export const FIRST_CERTIFICATES = 0;

const signsTwo = (authority: Authority): boolean =>
  authority === Authority.twoAfterOne || authority === Authority.two;
const trustedBy = (certificates: number): readonly string[] => BUNDLES[certificates % BUNDLES.length]!;
const issuerOf = (certificates: number): (typeof ISSUERS)[number] =>
  ISSUERS[Math.floor(certificates / BUNDLES.length)]!;

const WRITTEN_LONG_AGO = '2025-12-01T00:00:00Z';
/** The text of the annotation, once somebody asks. */
export const ROTATE = 'now';

/** As the observer reads the two Secrets. */
export function observedTls({ authority, certificates, isOverlapOver }: World): ObservedTls {
  const [one, two] = [authorityOf('one'), authorityOf('two')];
  const isFormerTrusted = authority === Authority.twoAfterOne;
  const trusted = trustedBy(certificates);
  return tlsOf({
    authority: authoritySecretOf({
      seen: { uid: 'uid-authority', resourceVersion: String(authority) },
      current: signsTwo(authority) ? two : one,
      next: authority === Authority.oneThenTwo ? two : undefined,
      former: isFormerTrusted ? one.pem : '',
      formerTrusted: isFormerTrusted ? one.trusted : [],
      rotatedFor: authority === Authority.one ? '' : ROTATE,
    }),
    certificates: certificatesSecretOf({
      seen: { uid: 'uid-certificates', resourceVersion: String(certificates) },
      bundle: trusted.map((name) => `<${name}>`).join(''),
      trusted,
      leaves: LEAVES[issuerOf(certificates)],
      writtenAt: isOverlapOver ? WRITTEN_LONG_AGO : NOW,
    }),
  });
}

const LEAVES = { one: leavesBy('one'), two: leavesBy('two') } as const;

/** Each by its own serial number. */
function leavesBy(issuer: string): Readonly<Record<string, LeafFacts>> {
  const entries = Object.entries(leavesOf()).map(([file, leaf]) => {
    const serial = issuer === 'one' ? leaf.serial : `B${leaf.serial}`;
    return [file, { ...leaf, issuer, serial }] as const;
  });
  return Object.fromEntries(entries);
}

/** What the member tells of it. */
export function shownBy({ mounted }: Site, ordinal: number): readonly ShownCertificate[] {
  const leaf = LEAVES[issuerOf(mounted)][memberFile(ordinal)];
  if (leaf === undefined) throw new Error(`the walk has no certificate for the ordinal ${ordinal}`);
  const { serial, notAfter } = leaf;
  return [{ listener: 'members', serial, notAfter, trusted: trustedBy(mounted) }];
}

/** The API server's answer to a step that writes one of the Secrets: why not, or undefined where it is done. */
export function performTls(next: World, step: TlsStep): string | undefined {
  const isAsSeen = (seen: { readonly resourceVersion: string } | undefined, now: number): boolean =>
    seen?.resourceVersion === String(now);
  const authoritySeen = step.kind === 'writeCertificates' ? step.authority : step.seen;
  if (!isAsSeen(authoritySeen, next.authority)) return 'NAME-authority has changed';
  switch (step.kind) {
    case 'makeAuthority':
      next.authority = Authority.oneThenTwo;
      return undefined;
    case 'switchAuthority':
      next.authority = Authority.twoAfterOne;
      return undefined;
    case 'dropAuthority':
      next.authority = Authority.two;
      return undefined;
    case 'writeCertificates': {
      if (!isAsSeen(step.seen, next.certificates)) return 'NAME-certificates has changed';
      const isIssued = step.leaves.some(({ file }) => file !== CLIENTS_FILE);
      const issuer = isIssued
        ? Number(signsTwo(next.authority))
        : Math.floor(next.certificates / BUNDLES.length);
      next.certificates = BUNDLE_OF[next.authority] + issuer * BUNDLES.length;
      next.isOverlapOver = false;
      return undefined;
    }
    default:
      return step satisfies never;
  }
}

/** Each kubelet brings the Secret to its pod in its own time; and clients' time to hear of an authority ends. */
export function certificateMoves(world: World, moves: Moves): void {
  for (const ordinal of everyOrdinal(world)) {
    const site = siteOf(world, ordinal);
    if (!runs(site) || site.mounted === world.certificates) continue;
    moves.fair(`the certificates are mounted in ${podName(ordinal)}`, (next) => {
      siteOf(next, ordinal).mounted = next.certificates;
    });
  }
  if (!world.isOverlapOver)
    moves.fair('caOverlap is over', (next) => {
      next.isOverlapOver = true;
    });
}

/** Two members of which one would not take what the other shows, in words; undefined: there are none. Who is out of the ensemble talks to nobody. */
export function strangers(world: World): string | undefined {
  const running = everyOrdinal(world).filter((ordinal) => {
    const site = siteOf(world, ordinal);
    return runs(site) && site.role !== Role.none;
  });
  for (const one of running) {
    const issuer = issuerOf(siteOf(world, one).mounted);
    const other = running.find((each) => !trustedBy(siteOf(world, each).mounted).includes(issuer));
    if (other !== undefined)
      return `${podName(other)} does not trust ${issuer}, which vouches for ${podName(one)}`;
  }
  return undefined;
}
