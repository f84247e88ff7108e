import type { KubeApi } from './api.ts';
import { ApiError, isConflict, isNotFound } from './api-error.ts';
import {
  heldSpec,
  LEASE,
  type Lease,
  type LeaseSpec,
  LeaseWatch,
  RENEW_DEADLINE_MS,
  RETRY_PERIOD_MS,
  releasedSpec,
} from './lease-rules.ts';
import type { ObjectName } from './objects.ts';
import { type Ports, pause } from './ports.ts';

/** An attempt that takes longer is given up, so that there is time for another before the deadline. */
const ATTEMPT_TIMEOUT_MS = 4_000;
/** Candidates wait up to a fifth longer, so that they do not all come at once. */
const CANDIDATE_JITTER = 0.2;

export interface LeadershipOptions {
  readonly lease: Required<ObjectName>;
  /** Of this process alone: a process that comes back under its Pod's name is another one. */
  readonly identity: string;
  readonly onElected: () => void;
  /** The lease could not be kept: whatever only a leader may do must stop now. Not called by `stop`. */
  readonly onLost: (why: string) => void;
}

/**
 * Leads while it holds a Lease.
 *
 *   candidate ──► leader ──► over (lost, or stopped)
 *
 * A leader that has not renewed for RENEW_DEADLINE_MS, counted from when its last successful renewal was sent, is none any more. Others
 * take the lease LEASE_DURATION_MS after they saw that renewal, which was later. So two never lead at once. Once it is over it stays
 * over: the process is to end, and comes back as a candidate with nothing of its former term in memory.
 */
export class Leadership {
  readonly #options: LeadershipOptions;
  readonly #ports: Ports & { readonly api: KubeApi };
  readonly #watch: LeaseWatch;
  readonly #stop = new AbortController();
  #state: 'candidate' | 'leader' | 'over' = 'candidate';
  /** On the monotonic clock. */
  #leadsUntilMs = 0;
  #cancelDeadline: () => void = () => {};
  /** The lease as we wrote it last; undefined: read it first. */
  #written: Lease | undefined;
  #running: Promise<void> | undefined;
  #holder = '';

  constructor(options: LeadershipOptions, ports: Ports & { readonly api: KubeApi }) {
    this.#options = options;
    this.#ports = ports;
    this.#watch = new LeaseWatch(options.identity);
  }

  /** Asked before each write. Reads the clock, since a process that was stopped for a while may run on before its timers do. */
  isLeader(): boolean {
    return this.#state === 'leader' && this.#ports.clock.monotonicMs() < this.#leadsUntilMs;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Gives the lease back, if it is held, so that the next candidate need not wait. First stop what only a leader may do. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    const release = this.isLeader() ? this.#written : undefined;
    this.#state = 'over';
    this.#cancelDeadline();
    if (release === undefined) return;
    try {
      await this.#write(release, releasedSpec(release.spec, this.#ports.clock.wallMs()), ATTEMPT_TIMEOUT_MS);
      this.#ports.log.info({ identity: this.#options.identity }, 'lease released');
    } catch (error) {
      this.#ports.log.warn({ err: error }, 'could not give the lease back; it ends by itself');
    }
  }

  async #run(): Promise<void> {
    const { scheduler, random } = this.#ports;
    while (this.#goesOn()) {
      await this.#attempt();
      if (!this.#goesOn()) return;
      const jitter = this.#state === 'candidate' ? CANDIDATE_JITTER * random() : 0;
      await pause(scheduler, RETRY_PERIOD_MS * (1 + jitter), this.#stop.signal);
    }
  }

  #goesOn(): boolean {
    return this.#state !== 'over' && !this.#stop.signal.aborted;
  }

  async #attempt(): Promise<void> {
    try {
      await this.#hold();
    } catch (error) {
      if (!this.#goesOn()) return;
      if (!(error instanceof ApiError)) throw error;
      const fields = { err: error, identity: this.#options.identity };
      // Another candidate was faster: how elections go.
      if (this.#state === 'candidate' && error.code === 409)
        this.#ports.log.debug(fields, 'the lease was taken');
      else this.#ports.log.warn(fields, `could not ${this.#state === 'leader' ? 'renew' : 'get'} the lease`);
    }
  }

  async #hold(): Promise<void> {
    if (this.#state === 'leader' && this.#written !== undefined) {
      try {
        await this.#claim(this.#written, 'renew');
        return;
      } catch (error) {
        // Changed or deleted by somebody: by whom, says only the lease itself.
        if (!isConflict(error) && !isNotFound(error)) throw error;
        this.#written = undefined;
      }
    }
    const lease = await this.#read();
    const step = this.#watch.next(lease, this.#ports.clock.monotonicMs());
    this.#sawHolder(lease?.spec?.holderIdentity ?? '');
    if (this.#state === 'leader' && step !== 'renew' && lease?.spec?.holderIdentity) {
      this.#lose(`${lease.spec.holderIdentity} took the lease`);
    } else if (this.#state === 'leader' && lease === undefined) {
      await this.#claim(undefined, 'create');
    } else if (step !== 'wait') {
      await this.#claim(lease, step);
    }
  }

  async #read(): Promise<Lease | undefined> {
    try {
      return await this.#bounded(this.#attemptMs()).get<Lease>(LEASE, this.#options.lease);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async #claim(lease: Lease | undefined, step: 'create' | 'take' | 'renew'): Promise<void> {
    const { clock } = this.#ports;
    const spec = heldSpec(lease?.spec, step, this.#options.identity, clock.wallMs());
    // Before the request leaves: whoever sees this write sees it later.
    const sentMs = clock.monotonicMs();
    const written = await this.#write(lease, spec, this.#attemptMs());
    if (this.#state === 'over') return;
    this.#written = written;
    this.#leadsUntilMs = sentMs + RENEW_DEADLINE_MS;
    this.#cancelDeadline();
    const leftMs = this.#leadsUntilMs - clock.monotonicMs();
    if (leftMs <= 0 && this.#state === 'candidate') return;
    this.#cancelDeadline = this.#ports.scheduler.after(Math.max(0, leftMs), () =>
      this.#lose(`the lease was not renewed within ${RENEW_DEADLINE_MS} ms`),
    );
    if (this.#state === 'leader') return;
    this.#state = 'leader';
    this.#ports.log.info({ identity: this.#options.identity }, 'lease acquired: this replica leads');
    this.#options.onElected();
  }

  #write(lease: Lease | undefined, spec: LeaseSpec, timeoutMs: number): Promise<Lease> {
    const { namespace, name } = this.#options.lease;
    const api = this.#bounded(timeoutMs);
    if (lease !== undefined) return api.replace(LEASE, { ...lease, spec });
    const metadata = { namespace, name };
    return api.create<Lease>(LEASE, {
      apiVersion: `${LEASE.group}/${LEASE.version}`,
      kind: LEASE.kind,
      metadata,
      spec,
    });
  }

  #bounded(timeoutMs: number): KubeApi {
    return this.#ports.api.bounded({ timeoutMs });
  }

  #attemptMs(): number {
    if (this.#state !== 'leader') return ATTEMPT_TIMEOUT_MS;
    const leftMs = this.#leadsUntilMs - this.#ports.clock.monotonicMs();
    return Math.max(1, Math.min(ATTEMPT_TIMEOUT_MS, leftMs));
  }

  #sawHolder(holder: string): void {
    if (holder === this.#holder) return;
    this.#holder = holder;
    this.#ports.log.info({ holder, lease: this.#options.lease }, 'the lease has another holder');
  }

  #lose(why: string): void {
    if (this.#state !== 'leader') return;
    this.#state = 'over';
    this.#cancelDeadline();
    this.#ports.log.error({ identity: this.#options.identity, why }, 'does not lead any more');
    this.#options.onLost(why);
  }
}
