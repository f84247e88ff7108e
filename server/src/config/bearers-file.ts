import { createHash } from 'node:crypto';
import { MAX_BEARER_ID_BYTES, MAX_BEARER_IDENTITIES, MAX_BEARER_LINES } from '../bounds/limits.ts';
import { isPrincipal } from '../model/sasl-principal.ts';
import { isX500Name } from '../model/x500-name.ts';
import type { AuthConfig, Bearer, Config } from './config.ts';
import { ConfigError } from './config-error.ts';
import type { Layers } from './layer.ts';
import { needFile, type ReadFile } from './read-file.ts';
import { digestFaultOf } from './super-digest.ts';
import { bearerToken, digestId } from './values.ts';

type Identity = Bearer['identities'][number];

/** What of its member says whom a token may stand for. */
export interface BearerRules {
  readonly auth: Pick<AuthConfig, 'schemes' | 'digestAlgorithm' | 'x509SuperUser'> & {
    readonly sasl: Pick<AuthConfig['sasl'], 'superUsers'>;
  };
  readonly superDigest: string | undefined;
  readonly isAdminToken: (token: string) => boolean;
}

/** What is wrong with an id of the scheme, and what to write; undefined: nothing. */
type Fault = (id: string, rules: BearerRules) => string | undefined;

const SCHEMES: ReadonlyMap<string, Fault> = new Map<string, Fault>([
  [
    'digest',
    (id, { auth }) =>
      digestId.parse(id) === undefined
        ? `an id of the scheme digest is ${digestId.allowed}`
        : digestFaultOf(id, auth.digestAlgorithm),
  ],
  [
    'sasl',
    (id) => (isPrincipal(id) ? undefined : 'an id of the scheme sasl is user, user@realm or user/host@realm'),
  ],
  [
    'x509',
    (id) => (isX500Name(id) ? undefined : 'an id of the scheme x509 is a subject, such as CN=ann,O=Example'),
  ],
]);

const SCHEME_NAMES = [...SCHEMES.keys()].join(', ');
/** Of any SASL user: whoever is of this name may do what access lists permit to each of them. */
const EVERY_SASL_USER = 'super';

/** Whom bearer tokens stand for, and the file that says so. Throws ConfigError, which shows nothing of it. */
export function readBearers(
  layers: Layers,
  { auth, superDigest }: Pick<Config, 'auth' | 'superDigest'>,
  adminTokens: readonly (string | undefined)[],
  readFile: ReadFile,
): Pick<Config['http'], 'bearers' | 'identitiesFile'> {
  const identitiesFile = layers.value('http.identitiesFile');
  if (identitiesFile === undefined) return {};
  const text = needFile(readFile, identitiesFile, layers.originOf('http.identitiesFile'));
  const isAdminToken = (token: string): boolean => adminTokens.includes(token);
  return { bearers: bearersIn(identitiesFile, text, { auth, superDigest, isAdminToken }), identitiesFile };
}

/**
 * A file of bearer tokens: on each line a token, blanks, and an id of the scheme of an access list, such as `TOKEN sasl:ann`. What begins with # is a
 * comment; lines of the same token give it several ids. An empty file is half written; one of comments alone names nobody.
 *
 * @param file as errors name it. Throws ConfigError with file and line, which shows nothing of what stands there
 */
export function bearersIn(file: string, text: string, rules: BearerRules): readonly Bearer[] {
  if (text.trim() === '')
    throw refusal(file, 1, 'the file is empty; where nobody is to have a token write a comment, behind #');
  const byDigest = new Map<string, Identity[]>();
  for (const [at, written] of text.trimEnd().split('\n').entries()) {
    if (at >= MAX_BEARER_LINES) throw refusal(file, at + 1, `there may be ${MAX_BEARER_LINES} lines`);
    const line = written.trim();
    const problem = line === '' || line.startsWith('#') ? undefined : takeLine(line, rules, byDigest);
    if (problem !== undefined) throw refusal(file, at + 1, problem);
  }
  return [...byDigest].map(([tokenDigest, identities]) => ({ tokenDigest, identities }));
}

export function tokenDigestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}

function refusal(file: string, line: number, problem: string): ConfigError {
  return new ConfigError({ file, key: 'http.identitiesFile', line }, problem);
}

/** Why it is not taken; undefined: it was. */
function takeLine(line: string, rules: BearerRules, byDigest: Map<string, Identity[]>): string | undefined {
  const [word = ''] = line.split(/\s/, 1);
  const token = bearerToken.parse(word);
  if (token === undefined)
    return `it does not begin with a token; write TOKEN SCHEME:ID, the token being ${bearerToken.allowed}`;
  const [, scheme, id] = /^\s+([a-z0-9]+):(.+)$/.exec(line.slice(word.length)) ?? [];
  if (scheme === undefined || id === undefined)
    return 'behind its token stands no SCHEME:ID; write one, such as sasl:ann';
  if (rules.isAdminToken(token))
    return 'this is the token of /admin, which is nobody in the tree; make another one';
  const problem = faultOf({ scheme, id }, rules);
  if (problem !== undefined) return problem;
  const digest = tokenDigestOf(token);
  const known = byDigest.get(digest) ?? [];
  byDigest.set(digest, known);
  if (known.some((one) => one.scheme === scheme && one.id === id)) return undefined;
  if (known.length >= MAX_BEARER_IDENTITIES) return `one token may have ${MAX_BEARER_IDENTITIES} ids`;
  known.push({ scheme, id });
  return undefined;
}

function faultOf(identity: Identity, rules: BearerRules): string | undefined {
  const { scheme, id } = identity;
  const fault = SCHEMES.get(scheme);
  if (scheme === 'super' || isSuper(identity, rules))
    return 'whoever passes every access list has to prove that by itself: no token can stand for a super user';
  if (fault === undefined) return `a token stands for an id of one of the schemes ${SCHEME_NAMES}`;
  if (!rules.auth.schemes.has(scheme))
    return `the scheme ${scheme} is not set up on this member; name it in auth.schemes (digest: digest.enabled)`;
  if (Buffer.byteLength(id) > MAX_BEARER_ID_BYTES) return `an id may have ${MAX_BEARER_ID_BYTES} bytes`;
  return fault(id, rules);
}

function isSuper({ scheme, id }: Identity, { auth, superDigest }: BearerRules): boolean {
  switch (scheme) {
    case 'digest':
      return id === superDigest;
    case 'sasl':
      return id === EVERY_SASL_USER || auth.sasl.superUsers.has(id);
    default:
      return scheme === 'x509' && id === auth.x509SuperUser;
  }
}
