import { readFileSync } from 'node:fs';
import type { Ensemble } from '../../../testkit/src/systems/ensemble.ts';
import type { Member } from '../../../testkit/src/systems/member.ts';
import type { Machine } from '../machine/machines.ts';

const LOOK_MS = 1_000;
const MEBIBYTE = 1024 * 1024;

interface Sample {
  readonly atMs: number;
  readonly residentBytes: number;
  readonly diskBytes: number;
}

export interface Leading {
  readonly atMs: number;
  readonly serverId: number;
  readonly term: number;
}

/** Looks at the members from outside while a run goes on: memory, disks, and who ended without having been ended. */
export class Observer {
  readonly #ensemble: Ensemble;
  readonly #machines: readonly Machine[];
  readonly #samples: readonly Sample[][];
  readonly #looking: NodeJS.Timeout;
  /** Members that the run itself has ended, and not started again. */
  readonly #killed = new Set<Member>();
  readonly #ended: string[] = [];

  constructor(ensemble: Ensemble, machines: readonly Machine[]) {
    this.#ensemble = ensemble;
    this.#machines = machines;
    this.#samples = machines.map(() => []);
    this.#looking = setInterval(() => this.#look(), LOOK_MS);
  }

  stop(): void {
    clearInterval(this.#looking);
  }

  willKill(member: Member): void {
    this.#killed.add(member);
  }

  started(member: Member): void {
    this.#killed.delete(member);
  }

  /** Members that ended by themselves, each with the last line of its log. */
  get ended(): readonly string[] {
    return this.#ended;
  }

  /** Everybody who said that it leads, by the members' logs, in order of time. */
  leaders(): Leading[] {
    const lines = this.#ensemble.members.flatMap((member) =>
      readFileSync(member.plan.logFile, 'utf8').split('\n'),
    );
    return lines
      .filter((line) => line.includes('"became leader"'))
      .map((line) => JSON.parse(line) as { time: string; member: number; term: number })
      .map(({ time, member, term }) => ({ atMs: Date.parse(time), serverId: member, term }))
      .sort((a, b) => a.atMs - b.atMs);
  }

  /** Medians of resident memory in the first and the last third of the time since `sinceMs`, in MiB, of each member. */
  memory(sinceMs: number): { readonly first: number; readonly last: number; readonly peak: number }[] {
    return this.#samples.map((all) => {
      const samples = all.filter(({ atMs }) => atMs >= sinceMs).map(({ residentBytes }) => residentBytes);
      const third = Math.ceil(samples.length / 3);
      return {
        first: median(samples.slice(0, third)) / MEBIBYTE,
        last: median(samples.slice(-third)) / MEBIBYTE,
        peak: Math.max(0, ...all.map(({ residentBytes }) => residentBytes)) / MEBIBYTE,
      };
    });
  }

  /** The most that was in use on each disk, in MiB. */
  peakDisk(): number[] {
    return this.#samples.map(
      (samples) => Math.max(0, ...samples.map(({ diskBytes }) => diskBytes)) / MEBIBYTE,
    );
  }

  #look(): void {
    for (const [i, member] of this.#ensemble.members.entries()) {
      if (!member.alive) {
        if (!this.#killed.has(member)) this.#restart(member, this.#machines[i]!);
        continue;
      }
      const { now } = member.residentBytes();
      const diskBytes = this.#machines[i]!.disk.usedBytes;
      this.#samples[i]!.push({ atMs: Date.now(), residentBytes: now, diskBytes });
    }
  }

  /** The run goes on, so that it shows what else there is. */
  #restart(member: Member, machine: Machine): void {
    const last = readFileSync(member.plan.logFile, 'utf8').trimEnd().split('\n').slice(-2).join('\n  ');
    const kills = `the kernel killed here ${machine.group.memoryKills} times for want of memory`;
    this.#ended.push(`${new Date().toISOString()} member ${member.serverId} (${kills}):\n  ${last}`);
    member.start();
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
