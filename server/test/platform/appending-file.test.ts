import { beforeEach, describe, expect, test } from 'vitest';
import { type AppendCalls, AppendingFile } from '../../src/platform/appending-file.ts';

/** A disk that answers when the test says so. */
class SlowDisk implements AppendCalls {
  /** What each file holds, by its descriptor. */
  readonly files = new Map<number, string>();
  readonly closed: number[] = [];
  /** Calls that wait for their answer. */
  readonly waiting: string[] = [];
  #answer: ((error: Error | null) => void) | undefined;
  #later: (() => void)[] = [];
  #nextFd = 10;
  /** Bytes of a write that it takes at once. */
  mostBytes = Number.POSITIVE_INFINITY;

  open(_path: string, flags: string, _mode: number, done: (error: Error | null, fd: number) => void): void {
    expect(flags).toBe('a');
    this.#wait('open', (error) => {
      const fd = this.#nextFd++;
      if (error === null) this.files.set(fd, '');
      done(error, fd);
    });
  }

  write(fd: number, bytes: Uint8Array, done: (error: Error | null, written: number) => void): void {
    this.#wait('write', (error) => {
      const taken = bytes.subarray(0, this.mostBytes);
      if (error === null) this.files.set(fd, this.files.get(fd)! + new TextDecoder().decode(taken));
      done(error, error === null ? taken.length : 0);
    });
  }

  close(fd: number): void {
    this.closed.push(fd);
  }

  later(_ms: number, task: () => void): void {
    this.#later.push(task);
  }

  #wait(what: string, answer: (error: Error | null) => void): void {
    expect(this.#answer, 'one call at a time').toBeUndefined();
    this.waiting.push(what);
    this.#answer = answer;
  }

  /** The call that waits is answered; a later one waits from then on. */
  answer(error: Error | null = null): void {
    const answer = this.#answer!;
    this.#answer = undefined;
    answer(error);
  }

  /** A while goes by. */
  elapse(): void {
    for (const task of this.#later.splice(0)) task();
  }

  get isAsked(): boolean {
    return this.#answer !== undefined;
  }

  get content(): string[] {
    return [...this.files.values()];
  }
}

const full = new Error('ENOSPC: no space left on device, write');

let disk: SlowDisk;
let heard: string[];
let file: AppendingFile;

beforeEach(() => {
  disk = new SlowDisk();
  heard = [];
  const events = {
    failed: ({ message }: Error) => heard.push(message),
    recovered: () => heard.push('recovered'),
  };
  file = new AppendingFile('/audit.json', events, disk, 20);
});

describe('lines', () => {
  test('are written in their order, one write at a time, the next one gathers meanwhile', () => {
    expect([file.write('one\n'), file.write('two\n')]).toEqual([true, true]);
    expect(disk.waiting).toEqual(['open']);
    disk.answer();
    file.write('three\n');
    disk.answer();
    disk.answer();
    expect(disk.waiting).toEqual(['open', 'write', 'write']);
    expect(disk.content).toEqual(['one\ntwo\nthree\n']);
    expect(disk.isAsked).toBe(false);
  });

  test('are whole where the system takes only a part at a time', () => {
    disk.mostBytes = 3;
    file.write('one\n');
    file.write('two\n');
    while (disk.isAsked) disk.answer();
    expect(disk.content).toEqual(['one\ntwo\n']);
  });
});

describe('a disk that does not answer', () => {
  test('makes nobody wait, and what waits for it has a bound', () => {
    const taken = Array.from({ length: 1_000 }, () => file.write('12345678\n'));
    expect(taken.filter((each) => each)).toHaveLength(2);
    while (disk.isAsked) disk.answer();
    expect(disk.content).toEqual(['12345678\n12345678\n']);
    // There is room again.
    expect(file.write('12345678\n')).toBe(true);
  });

  test('does not hold up the end of the process for longer than it may', async () => {
    file.write('one\n');
    const drained = file.drained(1_000);
    disk.elapse();
    expect(await drained).toBe(true);
  });
});

describe('a full disk', () => {
  test('loses nothing that there is room for: it is tried again, and its rest is written once', () => {
    disk.mostBytes = 3;
    file.write('one\n');
    disk.answer();
    disk.answer();
    disk.answer(full);
    expect(heard).toEqual([full.message]);
    expect(file.write('two\n')).toBe(true);
    expect(disk.isAsked).toBe(false);
    disk.elapse();
    disk.answer(full);
    disk.elapse();
    while (disk.isAsked) disk.answer();
    expect(heard).toEqual([full.message, full.message, 'recovered']);
    // What is opened again is the same file, at its end.
    expect(disk.content.join('')).toBe('one\ntwo\n');
  });
});

describe('a file that is renamed', () => {
  test('is left, and lines that come from then on go to a new one of its name', () => {
    file.write('one\n');
    disk.answer();
    file.write('two\n');
    file.reopen();
    disk.answer();
    disk.answer();
    disk.answer();
    expect(disk.content).toEqual(['one\n', 'two\n']);
    expect(disk.closed).toEqual([10]);
    file.reopen();
    expect(disk.closed).toEqual([10, 11]);
    file.write('three\n');
    disk.answer();
    disk.answer();
    expect(disk.content).toEqual(['one\n', 'two\n', 'three\n']);
  });
});

test('the end waits for what is being written', async () => {
  file.write('one\n');
  let isDone = false;
  const drained = file.drained(1_000).then(() => {
    isDone = true;
  });
  disk.answer();
  await Promise.resolve();
  expect(isDone).toBe(false);
  disk.answer();
  await drained;
  expect(disk.content).toEqual(['one\n']);
});
