/** A line for zkCli, and what it has to bring; most say nothing. */
export interface Command {
  readonly command: string;
  /** What is printed, behind the answers to the commands before. */
  readonly answer?: RegExp;
  /** A WatchedEvent, behind those before: it may come before the answer or after it. */
  readonly event?: RegExp;
}

const STAT = /^cZxid = 0x[0-9a-f]+$[\s\S]*?^numChildren = \d+$/m;

/** Every command of zkCli, in one session. @param another where `connect` leads to */
export function dialogueOfAll(another: string): readonly Command[] {
  return [...nodes, ...watches, ...lists, ...sessionAndShell(another)];
}

const nodes: readonly Command[] = [
  { command: 'version', answer: /^ZooKeeper CLI version: 3\.9\.5-/m, event: /SyncConnected type:None/ },
  { command: 'whoami', answer: /^Auth scheme: User\nip: 127\.0\.0\.1$/m },
  { command: 'create /cli hello', answer: /^Created \/cli$/m },
  { command: 'get /cli', answer: /^hello$/m },
  { command: 'set /cli changed' },
  { command: 'set -v 1 -s /cli again', answer: /^dataVersion = 2$/m },
  { command: 'get -s /cli', answer: /^again$[\s\S]*?^dataVersion = 2$[\s\S]*?^dataLength = 5$/m },
  { command: 'get -b /cli', answer: /^YWdhaW4=$/m },
  { command: 'get -x /cli', answer: /^\|00000000\| 61 67 61 69 6e +\|again +\|$/m },
  { command: 'create -s /cli/n- one', answer: /^Created \/cli\/n-0000000000$/m },
  { command: 'create -s /cli/n- two', answer: /^Created \/cli\/n-0000000001$/m },
  { command: 'create -e /cli/e', answer: /^Created \/cli\/e$/m },
  { command: 'create -e -s /cli/es-', answer: /^Created \/cli\/es-0000000003$/m },
  { command: 'create -c /cli/c', answer: /^Created \/cli\/c$/m },
  { command: 'create -t 60000 /cli/t timed', answer: /^Created \/cli\/t$/m },
  { command: 'ls /cli', answer: /^\[c, e, es-0000000003, n-0000000000, n-0000000001, t\]$/m },
  { command: 'ls -s /cli', answer: /^\[c, e, .*\]$[\s\S]*?^numChildren = 6$/m },
  { command: 'ls -R /cli', answer: /^\/cli\n\/cli\/c\n\/cli\/e\n[\s\S]*?\/cli\/t$/m },
  { command: 'stat /cli', answer: /^cversion = 6$[\s\S]*?^numChildren = 6$/m },
  { command: 'getAllChildrenNumber /cli', answer: /^6$/m },
  { command: 'getEphemerals /cli', answer: /^\[\/cli\/es?-?\d*, \/cli\/es?-?\d*\]$/m },
  { command: 'sync /cli', answer: /^Sync is OK$/m },
];

const watches: readonly Command[] = [
  { command: 'addWatch /cli/c' },
  {
    command: 'create /cli/c/watched x',
    answer: /^Created \/cli\/c\/watched$/m,
    event: /NodeCreated path:\/cli\/c\/watched/,
  },
  { command: 'addWatch -m PERSISTENT /cli/t' },
  { command: 'set /cli/t y', event: /NodeDataChanged path:\/cli\/t/ },
  { command: 'removewatches /cli/c -a', event: /PersistentWatchRemoved path:\/cli\/c/ },
  // It holds no such watch, but a persistent one.
  { command: 'removewatches /cli/t -d', answer: /^KeeperErrorCode = No such watcher for \/cli\/t$/m },
  { command: 'get -w /cli/t', answer: /^y$/m },
  { command: 'set /cli/t z', event: /NodeDataChanged path:\/cli\/t/ },
  { command: 'stat -w /cli/t', answer: STAT },
  { command: 'delete -v 9 /cli/t', answer: /version No is not valid : \/cli\/t/ },
  { command: 'delete /cli/t', event: /NodeDeleted path:\/cli\/t/ },
  { command: 'printwatches', answer: /^printwatches is on$/m },
  { command: 'printwatches off' },
  { command: 'printwatches', answer: /^printwatches is off$/m },
  { command: 'printwatches on' },
];

const lists: readonly Command[] = [
  { command: 'getAcl /cli', answer: /^'world,'anyone\n: cdrwa$/m },
  { command: 'getAcl -s /cli', answer: /^'world,'anyone\n: cdrwa\ncZxid = /m },
  { command: 'addauth digest ann:apple' },
  { command: 'whoami', answer: /^digest: ann$/m },
  { command: 'create /cli/hers x auth::cdrwa', answer: /^Created \/cli\/hers$/m },
  { command: 'getAcl /cli/hers', answer: /^'digest,'ann:[\w+/=]+\n: cdrwa$/m },
  { command: 'setAcl -s -v 0 /cli/n-0000000000 world:anyone:r', answer: /^aclVersion = 1$/m },
  { command: 'setAcl -R /cli/c world:anyone:cdrw' },
  { command: 'getAcl /cli/c/watched', answer: /^'world,'anyone\n: cdrw$/m },
  { command: 'set /cli/n-0000000000 y', answer: /^Insufficient permission : \/cli\/n-0000000000$/m },
  { command: 'config', answer: /^server\.1=127\.0\.0\.1:\d+:\d+:participant\n[\s\S]*?^version=0$/m },
  { command: 'config -s', answer: /^server\.3=[\s\S]*?^dataVersion = -1$/m },
  // The addresses of clients stand in no line of theirs.
  { command: 'config -c', answer: /^0 ,,$/m },
  { command: 'reconfig -remove 1', answer: /^Insufficient permission : /m },
  { command: 'setquota -n 5 /cli/c' },
  { command: 'setquota -b 1000 /cli/c' },
  {
    command: 'listquota /cli/c',
    answer:
      /^Output quota for \/cli\/c count=5,bytes=1000=;byteHardLimit=-1;countHardLimit=-1$\s+^Output stat for \/cli\/c count=2,bytes=1$/m,
  },
  { command: 'delquota -n /cli/c' },
  { command: 'listquota /cli/c', answer: /^Output quota for \/cli\/c count=-1,bytes=1000=/m },
  { command: 'delquota /cli/c' },
  { command: 'listquota /cli/c', answer: /^quota for \/cli\/c does not exist\.$/m },
  { command: 'addauth digest super:test' },
  {
    command: 'reconfig -add server.9=127.0.0.1:2:3:observer;127.0.0.1:1',
    answer: /^Committed new configuration:$[\s\S]*?^server\.9=127\.0\.0\.1:2:3:observer;127\.0\.0\.1:1$/m,
  },
  { command: 'reconfig -v 0 -remove 9', answer: /^KeeperErrorCode = BadVersion|^version No is not valid/m },
  { command: 'reconfig -remove 9', answer: /^Committed new configuration:$\s+^server\.1=/m },
  { command: 'create /cli again', answer: /^Node already exists: \/cli$/m },
  { command: 'set -v 9 /cli x', answer: /^version No is not valid : \/cli$/m },
  { command: 'delete /cli', answer: /^Node not empty: \/cli$/m },
  { command: 'get /nowhere', answer: /^Node does not exist: \/nowhere$/m },
];

function sessionAndShell(another: string): readonly Command[] {
  return [
    { command: 'history', answer: /^\d+ - delete \/cli$\n\d+ - get \/nowhere$\n\d+ - history$/m },
    // The first `get`.
    { command: 'redo 3', answer: /^again$/m },
    { command: 'deleteall /cli' },
    { command: 'ls /', answer: /^\[zookeeper\]$/m },
    { command: 'close', event: /state:Closed type:None/ },
    { command: `connect ${another}`, event: /SyncConnected type:None/ },
    { command: 'ls /', answer: /^\[zookeeper\]$/m },
    { command: 'quit', event: /state:Closed type:None/ },
  ];
}

/** A few of them, over TLS. */
export const secureDialogue: readonly Command[] = [
  { command: 'whoami', answer: /^x509: .*CN=client.*$/m, event: /SyncConnected type:None/ },
  { command: 'create /secure hello', answer: /^Created \/secure$/m },
  { command: 'get -w /secure', answer: /^hello$/m },
  { command: 'set /secure changed', event: /NodeDataChanged path:\/secure/ },
  { command: 'addWatch /secure' },
  {
    command: 'create -e /secure/mine',
    answer: /^Created \/secure\/mine$/m,
    event: /NodeCreated path:\/secure\/mine/,
  },
  { command: 'getEphemerals', answer: /^\[\/secure\/mine\]$/m },
  { command: 'sync /secure', answer: /^Sync is OK$/m },
  { command: 'setAcl /secure x509:CN=client:cdrwa' },
  { command: 'getAcl /secure', answer: /^'x509,'CN=client\n: cdrwa$/m },
  { command: 'deleteall /secure', event: /NodeDeleted path:\/secure/ },
  { command: 'quit', event: /state:Closed type:None/ },
];
