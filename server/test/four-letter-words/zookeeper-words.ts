/**
 * What members of an Apache ZooKeeper 3.9.5 ensemble answered on their client ports, with clients connected to each; of `wchs`, `wchc` and
 * `wchp` a server alone. Where a word's answer differs between leader and followers, both stand here.
 */
export const ZOOKEEPER_WORDS: Readonly<Record<string, readonly string[]>> = {
  conf: [
    `clientPort=52711
secureClientPort=-1
dataDir=/zookeeper/e1/version-2
dataDirSize=67109498
dataLogDir=/zookeeper/e1/version-2
dataLogSize=67109498
tickTime=2000
maxClientCnxns=60
minSessionTimeout=4000
maxSessionTimeout=40000
clientPortListenBacklog=-1
serverId=1
initLimit=10
syncLimit=5
electionAlg=3
electionPort=54711
quorumPort=53711
peerType=0
membership: 
server.1=127.0.0.1:53711:54711:participant
server.2=127.0.0.1:53721:54721:participant
server.3=127.0.0.1:53731:54731:participant
version=0`,
  ],
  cons: [
    ` /127.0.0.1:54600[1](queued=0,recved=2,sent=2,sid=0x2000176658e0000,lop=CREA,est=1795397596141,to=10000,lcxid=0x1,lzxid=0x100000006,lresp=24542201,llat=5,minlat=0,avglat=5,maxlat=5)
 /127.0.0.1:54636[0](queued=0,recved=1,sent=0)
 /127.0.0.1:54606[1](queued=0,recved=1,sent=1,sid=0x2000176658e0002,lop=SESS,est=1795397596234,to=4000,lcxid=0x0,lzxid=0x100000009,lresp=24542217,llat=3,minlat=0,avglat=3,maxlat=3)

`,
  ],
  dump: [
    `SessionTracker dump:
Global Sessions(5):
0x100017666070000	10000ms
0x2000176658e0002	4000ms
ephemeral nodes dump:
Sessions with Ephemerals (4):
0x100017666070000:
	/e0
0x2000176658e0000:
	/e1
Connections dump:
Connections Sets (2)/(4):
1 expire at Mon Nov 23 01:33:24 UTC 2026:
	ip: /127.0.0.1:54606 sessionId: 0x2000176658e0002
3 expire at Mon Nov 23 01:33:34 UTC 2026:
	ip: /127.0.0.1:54600 sessionId: 0x2000176658e0000
	ip: /127.0.0.1:54624 sessionId: 0x0
	ip: /127.0.0.1:54602 sessionId: 0x2000176658e0001
`,
    `SessionTracker dump:
Session Sets (2)/(5):
1 expire at Mon Nov 23 01:33:22 UTC 2026:
	0x2000176658e0002
4 expire at Mon Nov 23 01:33:28 UTC 2026:
	0x3000176659e0000
	0x100017666070000
	0x2000176658e0001
	0x2000176658e0000
ephemeral nodes dump:
Sessions with Ephemerals (4):
0x100017666070000:
	/e0
0x2000176658e0000:
	/e1
Connections dump:
Connections Sets (1)/(2):
2 expire at Mon Nov 23 01:33:34 UTC 2026:
	ip: /127.0.0.1:50082 sessionId: 0x3000176659e0000
	ip: /127.0.0.1:50106 sessionId: 0x0
`,
  ],
  stat: [
    `Zookeeper version: 3.9.5-293c895a8d966a3ecb92872be4a1daf87d725da2, built on 2026-02-11 20:18 UTC
Clients:
 /127.0.0.1:54600[1](queued=0,recved=2,sent=2)
 /127.0.0.1:54648[0](queued=0,recved=1,sent=0)

Latency min/avg/max: 2/3.8/5
Received: 10
Sent: 9
Connections: 4
Outstanding: 0
Zxid: 0x100000009
Mode: follower
Node count: 9
`,
  ],
  srvr: [
    `Zookeeper version: 3.9.5-293c895a8d966a3ecb92872be4a1daf87d725da2, built on 2026-02-11 20:18 UTC
Latency min/avg/max: 2/3.8/5
Received: 10
Sent: 9
Connections: 4
Outstanding: 0
Zxid: 0x100000009
Mode: follower
Node count: 9
`,
  ],
  dirs: ['datadir_size: 67109358\nlogdir_size: 67109358\n'],
  isro: ['rw'],
  ruok: ['imok'],
  crst: ['Connection stats reset.\n'],
  srst: ['Server stats reset.\n'],
  wchs: ['2 connections watching 3 paths\nTotal watches:4\n'],
};

/** The keys of `envi` that do not describe Java. */
export const ZOOKEEPER_ENVIRONMENT = [
  'zookeeper.version',
  'host.name',
  'os.name',
  'os.arch',
  'os.version',
  'user.name',
  'user.home',
  'user.dir',
  'os.memory.free',
  'os.memory.max',
  'os.memory.total',
] as const;
