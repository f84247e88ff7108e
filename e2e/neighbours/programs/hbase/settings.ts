/** For the page of programs. */
export const settings = `
\`\`\`xml
<property><name>hbase.zookeeper.quorum</name><value>zk-0:2181,zk-1:2181,zk-2:2181</value></property>
<property><name>zookeeper.znode.parent</name><value>/hbase</value></property>
<property><name>zookeeper.session.timeout</name><value>30000</value></property>
\`\`\`

In \`hbase-site.xml\` of servers and clients. HBase has no chroot in its connect string: each cluster has a \`zookeeper.znode.parent\` of its own, which it makes
itself. Its default session timeout, 90 s, is more than the members allow (40 s with a \`tickTime\` of 2000): it gets 40 s, and a region server that dies is missed no
sooner; 15 s to 30 s are usual.

A trap where it replicates: a region server that cannot write the znodes of its queues aborts after \`zookeeper.recovery.retry\` attempts, 3 by default and 7 s in all.
It was seen here beside Apache ZooKeeper, whose members elected a leader for 23 s on a busy machine. 6 attempts are a minute.

TLS: [the properties of ZooKeeper's Java client](#tls-for-programs-of-java) in \`HBASE_OPTS\`, and the port of TLS in the quorum.

Where the members are not HBase's own, \`HBASE_MANAGES_ZK=false\` in \`hbase-env.sh\`.
`.trim();
