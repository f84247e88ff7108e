import { resolve } from 'node:path';
import {
  type DigestAlgorithm,
  LOG_LEVELS,
  type LogLevel,
  MEMBERSHIPS,
  type MembershipBy,
  WINDOW_MODES,
  type WindowMode,
} from './config.ts';
import { FOUR_LETTER_WORDS } from './four-letter-words.ts';
import {
  CLIENT_AUTHS,
  type ClientAuth,
  STORE_TYPES,
  type StoreType,
  TLS_MODES,
  TLS_PROTOCOLS,
  type TlsMode,
  type TlsProtocol,
} from './tls-config.ts';

/** A kind of value: how its text is read, and what a person is told when it cannot be. */
export interface Kind<T> {
  /** Continues the sentence "allowed is …". */
  readonly allowed: string;
  /** undefined: not allowed. */
  parse(text: string): T | undefined;
}

const INTEGER = /^[+-]?(\d{1,15}|0[xX][0-9a-fA-F]{1,12})$/;

/** Decimal or 0x…, as Java's Integer.decode reads system properties (HBase's notes say 0x9fffff of jute.maxbuffer). */
export function parseInteger(text: string): number | undefined {
  if (!INTEGER.test(text)) return undefined;
  const negative = text.startsWith('-');
  const magnitude = Number(text.replace(/^[+-]/, ''));
  return negative ? -magnitude : magnitude;
}

export function integer(min: number, max: number, unit: string): Kind<number> {
  return {
    allowed: `a whole number of ${unit} from ${min} to ${max}`,
    parse(text) {
      const value = parseInteger(text);
      return value === undefined || value < min || value > max ? undefined : value;
    },
  };
}

/** As `integer`, but 0 and -1 stand for something said in `special`. */
export function integerOr(special: ReadonlyMap<number, string>, kind: Kind<number>): Kind<number> {
  const words = [...special].map(([value, meaning]) => `${value} (${meaning})`).join(' or ');
  return {
    allowed: `${kind.allowed}, or ${words}`,
    parse(text) {
      const value = parseInteger(text);
      return value !== undefined && special.has(value) ? value : kind.parse(text);
    },
  };
}

export const port: Kind<number> = {
  allowed: 'a port from 1 to 65535, or 0 (the system chooses one)',
  parse: (text) => integer(0, 65_535, 'ports').parse(text),
};

export const truth: Kind<boolean> = {
  allowed: 'true or false',
  parse(text) {
    const lower = text.toLowerCase();
    return lower === 'true' ? true : lower === 'false' ? false : undefined;
  },
};

const HOST = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9.])?$/;
const IPV6 = /^[0-9a-fA-F:.]{2,45}(%[A-Za-z0-9_.-]{1,32})?$/;

/** A name or an address, without the brackets that IPv6 addresses wear beside ports. */
export const host: Kind<string> = {
  allowed: 'a host name or an IP address',
  parse(text) {
    const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
    if (bare.includes(':')) return IPV6.test(bare) ? bare : undefined;
    return HOST.test(bare) ? bare : undefined;
  },
};

/** An absolute path; a relative one counts from the folder the program was started in. */
export const folder: Kind<string> = {
  allowed: 'the path of a folder',
  parse: (text) => (text === '' || text.includes('\0') ? undefined : resolve(text)),
};

export const clusterId: Kind<string> = {
  allowed: 'the 32 hexadecimal digits that GET /admin/members names clusterId',
  parse: (text) => (/^[0-9a-f]{32}$/.test(text) ? text : undefined),
};

/** As `java … DigestAuthenticationProvider user:password` prints it behind the arrow. */
export const digestId: Kind<string> = {
  allowed:
    'user:base64(sha1(user:password)), such as "super:" and 28 characters of base64 (more where digest.algorithm is another)',
  parse: (text) =>
    /^[^:]*:(?:[A-Za-z0-9+/]{27}=|[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==)$/.test(text) ? text : undefined,
};

const DIGEST_ALGORITHMS: ReadonlyMap<string, DigestAlgorithm> = new Map([
  ['sha', 'sha1'],
  ['sha1', 'sha1'],
  ['sha-1', 'sha1'],
  ['sha-256', 'sha256'],
  ['sha-512', 'sha512'],
  ['sha3-256', 'sha3-256'],
]);

/** By Java's names. */
export const digestAlgorithm: Kind<DigestAlgorithm> = {
  allowed: 'SHA1, SHA-256, SHA-512 or SHA3-256',
  parse: (text) => DIGEST_ALGORITHMS.get(text.toLowerCase()),
};

/** What HTTP has at its root besides. */
const OTHER_PATHS = /^\/(?:admin|health|metrics)(?:\/|$)/;

export const commandsPath: Kind<string> = {
  allowed:
    'a path such as /commands: parts of letters, digits, - . _ and ~, none of them /admin, /health or /metrics',
  parse: (text) => (/^(?:\/[A-Za-z0-9._~-]+)+$/.test(text) && !OTHER_PATHS.test(text) ? text : undefined),
};

export const file: Kind<string> = { ...folder, allowed: 'the path of a file' };

export const logLevel: Kind<LogLevel> = {
  allowed: LOG_LEVELS.join(', '),
  parse: (text) => LOG_LEVELS.find((level) => level === text.toLowerCase()),
};

export const prettiness: Kind<boolean | 'auto'> = {
  allowed: 'true, false or auto (pretty on a terminal)',
  parse: (text) => (text.toLowerCase() === 'auto' ? 'auto' : truth.parse(text)),
};

/** A list by commas or blanks; `*` is all of them. A word that is none is kept, so that the caller can warn of it. */
export const words: Kind<readonly string[]> = {
  allowed: `a list of four-letter words (${FOUR_LETTER_WORDS.join(', ')}), or *`,
  parse(text) {
    const list = splitList(text);
    return list.every((word) => word === '*' || /^[a-z0-9]{1,32}$/.test(word)) ? list : undefined;
  },
};

/** Schemes beside `world` and `auth`, which nobody has to set up. */
const SCHEMES: readonly string[] = ['ip', 'digest', 'sasl', 'x509'];

export const schemes: Kind<readonly string[]> = {
  allowed: `a list of authentication schemes (${SCHEMES.join(', ')})`,
  parse(text) {
    const list = splitList(text);
    return list.every((scheme) => SCHEMES.includes(scheme)) ? list : undefined;
  },
};

export const userNames: Kind<readonly string[]> = {
  allowed: 'a list of names of users',
  parse: splitList,
};

/** Its text is the value, and a secret. */
export const password: Kind<string> = {
  allowed: 'one character or more',
  parse: (text) => (text === '' ? undefined : text),
};

/** As `java.security.auth.login.config`: a path, a URL of it, or either behind a second `=`. */
export const jaasFile: Kind<string> = {
  ...file,
  parse: (text) => file.parse(text.replace(/^=/, '').replace(/^file:(?:\/\/(?=\/))?/, '')),
};

export const sectionName: Kind<string> = {
  allowed: 'the name of a section of the JAAS file',
  parse: (text) => (text === '' ? undefined : text),
};

export const subject: Kind<string> = {
  allowed: "a certificate's subject, such as CN=admin,O=Example",
  parse: (text) => (text === '' ? undefined : text),
};

function splitList(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

/** Of characters that an Authorization header can carry. */
function tokenOf(minCharacters: number): Kind<string> {
  return {
    allowed: `at least ${minCharacters} letters, digits or any of - . _ ~ + / =`,
    parse: (text) =>
      text.length >= minCharacters && text.length <= 4096 && /^[A-Za-z0-9._~+/=-]+$/.test(text)
        ? text
        : undefined,
  };
}

export const token: Kind<string> = tokenOf(16);
/** Nobody chooses it: it is made, and written into a file. */
export const bearerToken: Kind<string> = tokenOf(32);

export const securePort: Kind<number> = integer(1, 65_535, 'ports');

function oneOf<T extends string>(allowed: readonly T[]): Kind<T> {
  return {
    allowed: allowed.join(', '),
    parse: (text) => allowed.find((one) => one.toLowerCase() === text.toLowerCase()),
  };
}

export const membershipBy: Kind<MembershipBy> = oneOf(MEMBERSHIPS);
export const windowMode: Kind<WindowMode> = oneOf(WINDOW_MODES);
export const tlsMode: Kind<TlsMode> = oneOf(TLS_MODES);
export const clientAuth: Kind<ClientAuth> = oneOf(CLIENT_AUTHS);
export const storeType: Kind<StoreType> = oneOf(STORE_TYPES);

function parts(text: string): readonly string[] {
  return text.split(/[\s,:]+/).filter((part) => part !== '');
}

export const tlsProtocols: Kind<readonly TlsProtocol[]> = {
  allowed: `a list of ${TLS_PROTOCOLS.join(' and ')}`,
  parse(text) {
    const chosen = parts(text).map((part) =>
      TLS_PROTOCOLS.find((one) => one.toLowerCase() === part.toLowerCase()),
    );
    const all = chosen.filter((one) => one !== undefined);
    return all.length === 0 || all.length < chosen.length ? undefined : [...new Set(all)];
  },
};

/** Whether this runtime has them shows when they are used. */
export const cipherSuites: Kind<readonly string[]> = {
  allowed: 'a list of cipher suites by their names of IANA (TLS_…) or of OpenSSL',
  parse(text) {
    const all = parts(text);
    return all.length > 0 && all.every((one) => /^[A-Za-z0-9_-]{3,64}$/.test(one)) ? all : undefined;
  },
};
