import forge from 'node-forge';

/** Those that Java's X500Principal.getName() writes by their names; all others as their object ids. */
const KEYWORDS: ReadonlyMap<string, string> = new Map([
  ['2.5.4.3', 'CN'],
  ['2.5.4.6', 'C'],
  ['2.5.4.7', 'L'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['0.9.2342.19200300.100.1.25', 'DC'],
  ['0.9.2342.19200300.100.1.1', 'UID'],
]);

const { Class, Type } = forge.asn1;
/** Of ASN.1; the library has no constants for them. */
const T61_STRING = 20;
const GENERAL_STRING = 27;
/** What Java takes for text, and reads as UTF-8 whatever it is. */
const TEXTS: ReadonlySet<number> = new Set([
  Type.UTF8,
  Type.PRINTABLESTRING,
  Type.IA5STRING,
  Type.BMPSTRING,
  T61_STRING,
  GENERAL_STRING,
]);
const SUBJECT_ALT_NAME = '2.5.29.17';
/** The extensions' place in a certificate. */
const EXTENSIONS = 3;

type Node = forge.asn1.Asn1;

/**
 * The subject of a certificate as RFC 2253 has it and Java prints it: the id that ZooKeeper's x509 scheme gives, `CN=kafka,OU=data,O=Acme`.
 *
 * @param certificate DER, already verified
 */
export function subjectOf(certificate: Uint8Array): string {
  return children(subjectIn(fieldsOf(certificate)))
    .reverse()
    .map(relativeName)
    .join(',');
}

/**
 * Whether neither the subject says whose the certificate is nor, in its place, a critical subjectAltName (RFC 5280, 4.1.2.6). Java does not
 * read such ones.
 *
 * @param certificate DER, already verified
 */
export function namesNobody(certificate: Uint8Array): boolean {
  const fields = fieldsOf(certificate);
  if (children(subjectIn(fields)).length > 0) return false;
  const extensions = fields.find(
    ({ tagClass, type }) => tagClass === Class.CONTEXT_SPECIFIC && (type as number) === EXTENSIONS,
  );
  if (extensions === undefined) return true;
  return !children(children(extensions)[0]!).some((extension) => {
    const [id, critical] = children(extension);
    const isCritical = critical?.type === Type.BOOLEAN && critical.value !== '\0';
    return isCritical && forge.asn1.derToOid(id!.value as string) === SUBJECT_ALT_NAME;
  });
}

function fieldsOf(certificate: Uint8Array): Node[] {
  const root = forge.asn1.fromDer(Buffer.from(certificate).toString('latin1'), {
    strict: false,
    parseAllBytes: false,
  } as never);
  return children(children(root)[0]!);
}

/** The version stands first where there is one, as [0]; then serial number, algorithm, issuer, validity, subject. */
function subjectIn(fields: readonly Node[]): Node {
  const isVersioned = fields[0]?.tagClass === Class.CONTEXT_SPECIFIC;
  return fields[isVersioned ? 5 : 4]!;
}

/** Several attributes of one place are joined by +. */
function relativeName(set: Node): string {
  return children(set)
    .map((attribute) => {
      const [type, value] = children(attribute);
      const oid = forge.asn1.derToOid(type!.value as string);
      const keyword = KEYWORDS.get(oid);
      const text = keyword === undefined ? undefined : textOf(value!);
      // Of what is no text, or under a name of its own, the DER is shown.
      return text === undefined ? `${keyword ?? oid}=#${hexOf(value!)}` : `${keyword}=${escaped(text)}`;
    })
    .join('+');
}

function textOf({ type, value }: Node): string | undefined {
  if (typeof value !== 'string' || !TEXTS.has(type)) return undefined;
  // Of two bytes each: the library has read them already.
  const bytes =
    type === Type.BMPSTRING ? Buffer.from(value, 'utf16le').swap16() : Buffer.from(value, 'latin1');
  return bytes.toString('utf8');
}

/** What means something else in a name, NUL, and blanks and returns at either end. */
function escaped(text: string): string {
  return text
    .replace(/[,=+<>#;"\\]/g, (one) => `\\${one}`)
    .replaceAll('\0', '\\00')
    .replace(/^[ \r]+|[ \r]+$/g, (ends) => ends.replace(/[ \r]/g, (one) => `\\${one}`));
}

function hexOf(node: Node): string {
  return Buffer.from(forge.asn1.toDer(node).getBytes(), 'latin1').toString('hex');
}

function children({ value }: Node): Node[] {
  return Array.isArray(value) ? [...(value as Node[])] : [];
}
