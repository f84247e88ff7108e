import type { Destination } from '../../src/backup/destination.ts';
import { BackupFault } from '../../src/backup-format/backup-fault.ts';
import { bytesOf, inPieces } from './sent-backup.ts';

/** A bucket in memory, whose objects can be damaged, and which can be full. */
export class MemoryDestination implements Destination {
  readonly name = 'memory';
  readonly objects = new Map<string, Buffer>();
  /** So much more is taken, in bytes. */
  room = Number.POSITIVE_INFINITY;

  async list(prefix: string): Promise<readonly string[]> {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix));
  }

  async write(key: string, source: AsyncIterable<Uint8Array>): Promise<void> {
    const bytes = await bytesOf(source);
    if (bytes.length > this.room) throw new BackupFault('destination', 'no room is left');
    this.room -= bytes.length;
    this.objects.set(key, bytes);
  }

  async *read(key: string): AsyncGenerator<Uint8Array> {
    const bytes = this.objects.get(key);
    if (bytes === undefined) throw new BackupFault('damaged', `${key} is not there`);
    yield* inPieces(bytes, 700);
  }

  async remove(key: string): Promise<void> {
    this.objects.delete(key);
  }
}
