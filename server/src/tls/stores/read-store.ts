import type { StoreLocation, StoreType } from '../../config/tls-config.ts';
import { readJks } from './jks.ts';
import { readPem } from './pem.ts';
import { readPkcs12 } from './pkcs12.ts';
import { type Store, StoreError } from './store.ts';

/** How the files of stores are looked at. All throw as node:fs does. */
export interface StoreFiles {
  read(path: string): Buffer;
  isFolder(path: string): boolean;
}

/** What of a folder is read. */
export type StorePurpose = 'key' | 'trust';

const IN_FOLDER: Readonly<Record<StorePurpose, readonly string[]>> = {
  key: ['tls.crt', 'tls.key'],
  trust: ['ca.crt'],
};

/** The files whose change means that the store may have changed. */
export function filesOfStore(
  { path, passwordFile }: StoreLocation,
  purpose: StorePurpose,
  files: Pick<StoreFiles, 'isFolder'>,
): readonly string[] {
  const own = files.isFolder(path) ? IN_FOLDER[purpose].map((name) => `${path}/${name}`) : [path];
  return passwordFile === undefined ? own : [...own, passwordFile];
}

/** Throws StoreError, whose message names the file. */
export function readStore(location: StoreLocation, purpose: StorePurpose, files: StoreFiles): Store {
  const { path } = location;
  const password = passwordOf(location, files);
  if (isFolder(path, files)) {
    const texts = IN_FOLDER[purpose].map((name) => readNamed(`${path}/${name}`, files).toString('utf8'));
    return named(path, () => readPem(texts.join('\n'), password));
  }
  const bytes = readNamed(path, files);
  return named(path, () => decode(typeOf(location, bytes), bytes, password));
}

function decode(type: StoreType, bytes: Buffer, password: string | undefined): Store {
  if (type === 'PEM') return readPem(bytes.toString('utf8'), password);
  if (type === 'PKCS12') return readPkcs12(bytes, password ?? '');
  if (password === undefined) throw new StoreError('a JKS store needs its password, and none is given');
  return readJks(bytes, password);
}

/** As ZooKeeper: by the name where it ends in one of these; then by what the file begins with. */
function typeOf({ path, type }: StoreLocation, bytes: Buffer): StoreType {
  if (type !== undefined) return type;
  if (/\.(?:p12|pfx)$/i.test(path)) return 'PKCS12';
  if (/\.jks$/i.test(path))
    return bytes.length >= 4 && bytes.readUInt32BE(0) === 0xfeedfeed ? 'JKS' : 'PKCS12';
  if (bytes.length >= 4 && bytes.readUInt32BE(0) === 0xfeedfeed) return 'JKS';
  return bytes[0] === 0x30 ? 'PKCS12' : 'PEM';
}

function passwordOf({ password, passwordFile }: StoreLocation, files: StoreFiles): string | undefined {
  if (passwordFile === undefined) return password;
  const [line = ''] = readNamed(passwordFile, files).toString('utf8').split(/\r?\n/, 1);
  return line;
}

function isFolder(path: string, files: StoreFiles): boolean {
  try {
    return files.isFolder(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The file's content. Throws StoreError. */
export function readNamed(path: string, files: StoreFiles): Buffer {
  try {
    return files.read(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): StoreError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return new StoreError(`cannot read ${path} (${code})`, { cause: error });
}

function named(path: string, read: () => Store): Store {
  try {
    return read();
  } catch (error) {
    if (error instanceof StoreError)
      throw new StoreError(`${path}: ${error.message}`, { cause: error.cause });
    throw error;
  }
}
