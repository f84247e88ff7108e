import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { BackupFault } from '../backup-format/backup-fault.ts';
import type { Destination } from './destination.ts';

export interface Bucket {
  readonly bucket: string;
  /** Before every key; empty: none. */
  readonly prefix: string;
  /** undefined: that of AWS. */
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly isPathStyle: boolean;
}

/** In memory at once: two pieces of an upload. S3 takes ten thousand of them, so objects of up to 156 GiB. */
const PIECE_BYTES = 16 * 1024 * 1024;
const PIECES_AT_ONCE = 2;
const CONNECT_MS = 10_000;
/** Nothing comes for so long. */
const SILENCE_MS = 60_000;
const ATTEMPTS = 4;

/** Archives in a bucket, by the SDK of AWS. Credentials are found as it finds them: environment, files, the role of the machine or the pod. */
export class S3Destination implements Destination {
  readonly name: string;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #client: S3Client;

  constructor({ bucket, prefix, endpoint, region, isPathStyle }: Bucket) {
    this.#bucket = bucket;
    this.#prefix = prefix === '' ? '' : `${prefix}/`;
    this.name = `s3://${bucket}/${prefix}`;
    this.#client = new S3Client({
      region,
      ...(endpoint === undefined ? {} : { endpoint }),
      forcePathStyle: isPathStyle,
      maxAttempts: ATTEMPTS,
      requestHandler: { connectionTimeout: CONNECT_MS, requestTimeout: SILENCE_MS },
      // Parts have checksums of their own and are read back, and not every server knows those of the SDK.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  }

  async list(prefix: string): Promise<readonly string[]> {
    const keys: string[] = [];
    try {
      const pages = paginateListObjectsV2(
        { client: this.#client },
        { Bucket: this.#bucket, Prefix: this.#prefix + prefix },
      );
      for await (const { Contents } of pages)
        for (const { Key } of Contents ?? [])
          if (Key !== undefined) keys.push(Key.slice(this.#prefix.length));
    } catch (error) {
      throw this.#failed('cannot list', '', error);
    }
    return keys;
  }

  async write(key: string, source: AsyncIterable<Uint8Array>): Promise<void> {
    // What the source rejects with is told as it is, and not as a failure of the bucket; an upload that fails is thrown into it, and is none of its own.
    let broken: { readonly error: unknown } | undefined;
    const watched = async function* (): AsyncGenerator<Uint8Array, void> {
      const pieces = source[Symbol.asyncIterator]();
      const next = (): Promise<IteratorResult<Uint8Array>> =>
        pieces.next().catch((error: unknown) => {
          broken = { error };
          throw error;
        });
      try {
        for (let piece = await next(); piece.done !== true; piece = await next()) yield piece.value;
      } finally {
        await pieces.return?.();
      }
    };
    const upload = new Upload({
      client: this.#client,
      params: {
        Bucket: this.#bucket,
        Key: this.#prefix + key,
        Body: Readable.from(watched(), { objectMode: false }),
      },
      partSize: PIECE_BYTES,
      queueSize: PIECES_AT_ONCE,
      // One that is given up leaves no pieces for which somebody pays.
      leavePartsOnError: false,
    });
    try {
      await upload.done();
    } catch (error) {
      if (broken !== undefined) throw broken.error;
      throw this.#failed('cannot write', key, error);
    }
  }

  async *read(key: string): AsyncGenerator<Uint8Array, void> {
    try {
      const { Body } = await this.#client.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: this.#prefix + key }),
      );
      for await (const piece of Body as Readable) yield piece as Buffer;
    } catch (error) {
      throw this.#failed('cannot read', key, error);
    }
  }

  async remove(key: string): Promise<void> {
    try {
      await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: this.#prefix + key }));
    } catch (error) {
      throw this.#failed('cannot remove', key, error);
    }
  }

  #failed(what: string, key: string, error: unknown): BackupFault {
    if (error instanceof BackupFault) return error;
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    const place = `s3://${this.#bucket}/${this.#prefix}${key}`;
    if (name === 'NoSuchKey') return new BackupFault('damaged', `${place} is not there`);
    const status = error instanceof S3ServiceException ? ` ${error.$metadata.httpStatusCode ?? ''}` : '';
    const code = (error as { code?: unknown }).code;
    const why = [message, typeof code === 'string' && !message.includes(code) ? code : '']
      .filter(Boolean)
      .join(', ');
    return new BackupFault(
      'destination',
      `${what} ${place}: ${name}${status}${why === '' ? '' : `: ${why}`}`,
      {
        cause: error,
      },
    );
  }
}
