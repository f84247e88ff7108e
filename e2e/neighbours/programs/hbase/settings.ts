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

TLS: properties that begin with \`hbase.zookeeper.property.zookeeper.\` are given to its ZooKeeper client without their \`hbase.zookeeper.property.\`:
\`hbase.zookeeper.property.zookeeper.client.secure=true\`, \`….zookeeper.clientCnxnSocket=org.apache.zookeeper.ClientCnxnSocketNetty\`,
\`….zookeeper.ssl.trustStore.location\`, \`….password\`, and \`….zookeeper.ssl.keyStore.…\` where the members ask for certificates.
`.trim();
