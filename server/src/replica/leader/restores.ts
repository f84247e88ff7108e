import { OpCode } from '@rookery/protocol';
import { emptyCommandHeader, encodeCommand } from '../../model/command.ts';
import { ZOOKEEPER_LEVEL } from '../../model/feature-level.ts';
import type { Replica } from '../replica.ts';
import { abandonBody } from '../restore.ts';
import type { StateMachine } from '../state-machine.ts';

const header = { ...emptyCommandHeader(), op: OpCode.restore, level: ZOOKEEPER_LEVEL };

/** What a leader sees to: that no restore stays open to which nobody brings anything any more. */
export class Restores {
  /** The token of the one that comes in by this member now; 0: none does. */
  own = 0;

  /** Has a step logged: only as a leader, ignored elsewhere. */
  propose(replica: Pick<Replica, 'decide'>, body: Uint8Array): void {
    replica.decide(encodeCommand(header, body));
  }

  /** Called several times a second. That of a former leader, or of a former life, is abandoned. */
  review(replica: Pick<Replica, 'decide' | 'leading'>, { restore }: Pick<StateMachine, 'restore'>): void {
    const { token } = restore;
    if (replica.leading && token !== undefined && token !== this.own)
      this.propose(replica, abandonBody(token));
  }
}
