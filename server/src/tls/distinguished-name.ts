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

/** Of ASN.1; the library has no constant for it. */
const T61_STRING = 20;

type Node = forge.asn1.Asn1;

/**
 * The subject of a certificate as RFC 2253 has it and Java prints it: the id that ZooKeeper's x509 scheme gives, `CN=kafka,OU=data,O=Acme`.
 *
 * @param certificate DER, already verified
 */
export function subjectOf(certificate: Uint8Array): string {
  const root = forge.asn1.fromDer(Buffer.from(certificate).toString('latin1'), {
    strict: false,
    parseAllBytes: false,
  } as never);
  const fields = children(children(root)[0]!);
  // The version stands first where there is one, as [0]; then serial number, algorithm, issuer, validity, subject.
  const isVersioned = fields[0]?.tagClass === forge.asn1.Class.CONTEXT_SPECIFIC;
  const subject = fields[isVersioned ? 5 : 4]!;
  return children(subject).reverse().map(relativeName).join(',');
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
  const { Type } = forge.asn1;
  if (typeof value !== 'string') return undefined;
  const tag: number = type;
  const bytes = Buffer.from(value, 'latin1');
  switch (tag) {
    case Type.UTF8:
      return bytes.toString('utf8');
    case Type.PRINTABLESTRING:
    case Type.IA5STRING:
    case T61_STRING:
      return bytes.toString('latin1');
    case Type.BMPSTRING:
      return Buffer.from(bytes).swap16().toString('utf16le');
    default:
      return undefined;
  }
}

function escaped(text: string): string {
  return text
    .replace(/[,=+<>#;"\\]/g, (one) => `\\${one}`)
    .replace(/^ +| +$/g, (blanks) => '\\ '.repeat(blanks.length));
}

function hexOf(node: Node): string {
  return Buffer.from(forge.asn1.toDer(node).getBytes(), 'latin1').toString('hex');
}

function children({ value }: Node): Node[] {
  return Array.isArray(value) ? [...(value as Node[])] : [];
}
