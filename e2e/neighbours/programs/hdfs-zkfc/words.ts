import { reconnecting } from '../../java-client-words.ts';
import type { LogWords } from '../../log-words.ts';

export const words: LogWords = {
  // ActiveStandbyElector and ZKFailoverController end by "Fatal error"; they tell at INFO that a session expired, and rejoin.
  complaint:
    /[Ss]ession(Expired| expired)|session 0x\w+ has expired|session was lost|SessionMoved|NoAuth|AuthFailed|InvalidACL|MarshallingError|BadArguments|BadVersion|NotEmpty|DataInconsistency|Unimplemented|Fatal error occurred|Received (create|stat) error from Zookeeper|Unexpected Zookeeper|Failed to reEstablish|Unable to start failover controller|Unable to fence|encounters runtime error|(ERROR|FATAL).*([Zz]oo[Kk]eeper|ZK|znode|ClientCnxn|Elector)|[Xx]id out of order|OutOfMemoryError| FATAL /,
  tolerated: [reconnecting],
};
