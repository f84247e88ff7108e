import type { Logger } from '../ports/logger.ts';
import { ComplaintLog } from '../ports/rate-limited-log.ts';
import { OtherVersion, type PeerProtocolError } from '../replica/peers/peer-format.ts';
import { systemClock } from './machine.ts';
import type { IntroductionRefused } from './peer-introduction.ts';

/** What is said of connections to the peer port that are no links. */
export class PeerComplaints {
  /** Of strangers, … */
  readonly strangers: ComplaintLog;
  /** … and of those whose server ids are members': strangers can make the others overflow. */
  readonly #members: ComplaintLog;

  constructor(log: Logger) {
    this.strangers = new ComplaintLog(log, systemClock);
    this.#members = new ComplaintLog(log, systemClock);
  }

  tooMany(address: string): void {
    const message =
      'too many connections to the peer port that no member stands behind: the oldest are closed';
    this.strangers.say('strangers', message, { address });
  }

  notIntroduced(refusal: IntroductionRefused, address: string): void {
    const { kind, serverId, message: reason, cause } = refusal;
    if (kind === 'stranger') {
      const message = 'a connection to the peer port is not from a member that means this one';
      this.strangers.say(`stranger ${address}`, message, { address });
    } else if (kind === 'unknown') {
      const message = 'a peer with an unknown server id tried to connect';
      this.strangers.say(`server id ${serverId}`, message, { serverId, address });
    } else if (kind === 'secret' || kind === 'guess') {
      const message = 'what connected under a server id of a member does not prove to be one; closing it';
      this.#members.say(`secret ${serverId}`, message, { serverId, address, reason });
    } else this.otherVersion(serverId!, address, cause as OtherVersion);
  }

  foreignCertificate(serverId: number, address: string, reason: string): void {
    const message = 'what connected under a server id of a member shows a certificate that is not its own';
    this.#members.say(`certificate ${serverId}`, message, { serverId, address, reason });
  }

  badHello(serverId: number, address: string, error: PeerProtocolError): void {
    if (error instanceof OtherVersion) this.otherVersion(serverId, address, error);
    else {
      const message =
        'what connected under a server id of a member does not say hello as members do; closing it';
      this.#members.say(`hello ${serverId}`, message, { serverId, address, reason: error.message });
    }
  }

  otherVersion(serverId: number, address: string, { theirs, ours, message: reason }: OtherVersion): void {
    const message =
      'a member of another version tried to connect: no link with it until the older one is upgraded';
    this.#members.say(`version ${serverId}`, message, { serverId, address, reason, theirs, ours });
  }
}
