import { type ArchiveKey, readKeyFile } from './archive-key.ts';
import type { Destination } from './destination.ts';
import { FolderDestination } from './folder-destination.ts';
import { UsageFault } from './points.ts';

/** What every command takes. */
export interface ArchiveOptions {
  readonly keyFile?: string;
  readonly cluster?: string;
  readonly s3Endpoint?: string;
  readonly s3Region?: string;
  readonly s3PathStyle?: boolean;
  readonly json?: boolean;
}

export interface Archive {
  readonly destination: Destination;
  readonly key: ArchiveKey | undefined;
}

/** Throws UsageFault, or BackupFault. */
export async function openArchive(where: string, options: ArchiveOptions): Promise<Archive> {
  const key = options.keyFile === undefined ? undefined : readKeyFile(options.keyFile);
  return { destination: await destinationOf(where, options), key };
}

async function destinationOf(where: string, options: ArchiveOptions): Promise<Destination> {
  if (!where.startsWith('s3:')) return new FolderDestination(where);
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*?))?\/*$/.exec(where);
  if (match === null) throw new UsageFault(`${where} is no archive: s3://bucket/prefix`);
  // Its SDK is read for buckets alone.
  const { S3Destination } = await import('./s3-destination.ts');
  return new S3Destination({
    bucket: match[1]!,
    prefix: match[2] ?? '',
    endpoint: options.s3Endpoint,
    region: options.s3Region ?? process.env.AWS_REGION ?? 'us-east-1',
    isPathStyle: options.s3PathStyle === true,
  });
}

/** Text for people, or one line of JSON. */
export function say({ json }: ArchiveOptions, value: object, text: string): void {
  process.stdout.write(`${json === true ? JSON.stringify(value) : text}\n`);
}

const EVERY_MS = 1_000;

/** A line on standard error, once a second at most; to a person's terminal alone. */
export function progress(what: string): (count: number) => void {
  let saidMs = Date.now();
  return (count) => {
    const nowMs = Date.now();
    if (!process.stderr.isTTY || nowMs - saidMs < EVERY_MS) return;
    saidMs = nowMs;
    process.stderr.write(`${what}: ${count.toLocaleString('en-US')}\n`);
  };
}
