/** Of sizes in bytes that come one after another: the last, the least and the most. Each is -1 before the first, as in ZooKeeper. */
export class SizeRange {
  last = -1;
  min = -1;
  max = -1;

  record(bytes: number): void {
    this.last = bytes;
    if (bytes < this.min || this.min === -1) this.min = bytes;
    if (bytes > this.max) this.max = bytes;
  }

  reset(): void {
    this.last = -1;
    this.min = -1;
    this.max = -1;
  }
}
