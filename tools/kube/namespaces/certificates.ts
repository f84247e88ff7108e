/** The cluster's certificate authority and what it signs, by the openssl command. All keys are P-256; they live as long as the cluster. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../commands.ts';
import { clusterFolder } from '../folders.ts';

export interface Certificate {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** Whom a certificate stands for: to the API server the name is a user and the organization a group. */
export interface Subject {
  readonly name: string;
  readonly organization?: string;
  /** As openssl writes them: DNS:name or IP:address. */
  readonly alternativeNames?: readonly string[];
}

const VALID_DAYS = 365;
const folder = join(clusterFolder, 'certificates');

function filesOf(file: string): Certificate {
  return { certificateFile: join(folder, `${file}.crt`), keyFile: join(folder, `${file}.key`) };
}

export const authority = filesOf('authority');

/** A key pair alone, for the tokens of service accounts. */
export const serviceAccounts = filesOf('service-accounts');

const newKey = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'.split(' ');

export async function createAuthority(): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await Promise.all([
    selfSigned(authority, 'rookery-kube'),
    selfSigned(serviceAccounts, 'rookery-kube-service-accounts'),
  ]);
}

async function selfSigned({ certificateFile, keyFile }: Certificate, name: string): Promise<void> {
  const lifetime = ['-days', `${VALID_DAYS}`];
  await run([
    ...['openssl', 'req', '-x509', ...newKey, ...lifetime],
    ...['-subj', `/CN=${name}`, '-keyout', keyFile, '-out', certificateFile],
  ]);
}

/** Signs a certificate for client and server; `file` names it in the folder of certificates. */
export async function sign(file: string, subject: Subject): Promise<Certificate> {
  const certificate = filesOf(file);
  const { name, organization, alternativeNames = [] } = subject;
  const distinguished = `${organization === undefined ? '' : `/O=${organization}`}/CN=${name}`;
  await run([
    ...['openssl', 'req', '-x509', ...newKey, '-days', `${VALID_DAYS}`, '-subj', distinguished],
    ...['-CA', authority.certificateFile, '-CAkey', authority.keyFile],
    ...['-addext', 'basicConstraints=critical,CA:FALSE'],
    ...['-addext', 'extendedKeyUsage=clientAuth,serverAuth'],
    ...(alternativeNames.length === 0 ? [] : ['-addext', `subjectAltName=${alternativeNames.join(',')}`]),
    ...['-keyout', certificate.keyFile, '-out', certificate.certificateFile],
  ]);
  return certificate;
}

/** A kubeconfig with everything in it: it works wherever it is copied to. JSON is YAML as well. */
export function kubeconfig(server: string, user: string, certificate: Certificate): string {
  const base64 = (file: string) => readFileSync(file).toString('base64');
  const name = 'rookery-kube';
  const cluster = { server, 'certificate-authority-data': base64(authority.certificateFile) };
  const credentials = {
    'client-certificate-data': base64(certificate.certificateFile),
    'client-key-data': base64(certificate.keyFile),
  };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster }],
    users: [{ name: user, user: credentials }],
    contexts: [{ name, context: { cluster: name, user } }],
    'current-context': name,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
