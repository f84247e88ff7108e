import { reconnecting } from '../../java-client-words.ts';
import type { LogWords } from '../../log-words.ts';

export const words: LogWords = {
  // Its servers abort where their session is gone; ZKWatcher says at ERROR what it did not expect of the service, RecoverableZooKeeper what it gave up.
  complaint:
    /ABORTING|received expired from ZooKeeper|[Ss]ession(Expired| expired)|session 0x\w+ has expired|SessionMoved|NoAuth|AuthFailed|InvalidACL|MarshallingError|BadArguments|BadVersion|NotEmpty|DataInconsistency|Unimplemented|Received unexpected KeeperException|ZooKeeper \w+ failed after|(ERROR|FATAL).*([Zz]oo[Kk]eeper|ZK|znode|ClientCnxn)|[Xx]id out of order|OutOfMemoryError| FATAL /,
  tolerated: [reconnecting],
};
