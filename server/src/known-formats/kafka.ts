import { formatOf, isObject, type JsonObject, type KnownFormat, type Recogniser, timeOf } from './format.ts';

const has = (value: JsonObject, ...names: readonly string[]): boolean =>
  names.every((name) => Object.hasOwn(value, name));

/** What Kafka keeps as JSON, before it did without ZooKeeper. */
export const kafkaJson: Recogniser<unknown> = (path, value) =>
  isObject(value) ? (byContent(path, value) ?? byPath(path, value)) : undefined;

function byContent(path: string, value: JsonObject): KnownFormat | undefined {
  if (has(value, 'host', 'port', 'endpoints', 'version')) {
    return formatOf('kafka broker', 'Kafka: a broker that is up, for as long as its session lives', [
      ['broker', nameIn(path, /\/brokers\/ids\/(\d+)$/)],
      ['endpoints', value.endpoints],
      ['rack', value.rack],
      ['listeners', value.listener_security_protocol_map],
      ['since', timeOf(value.timestamp)],
      ['version', value.version],
    ]);
  }
  if (has(value, 'brokerid', 'version', 'timestamp')) {
    return formatOf(
      'kafka controller',
      'Kafka: the broker that is controller, for as long as it has this node',
      [
        ['broker', value.brokerid],
        ['since', timeOf(value.timestamp)],
      ],
    );
  }
  if (has(value, 'leader', 'isr', 'leader_epoch', 'controller_epoch')) {
    return formatOf('kafka partition', 'Kafka: who leads a partition, and which replicas are in sync', [
      ['leader', value.leader],
      ['in sync', value.isr],
      ['leader epoch', value.leader_epoch],
      ['controller epoch', value.controller_epoch],
    ]);
  }
  if (has(value, 'version', 'partitions') && isObject(value.partitions)) {
    const { partitions } = value;
    return formatOf('kafka topic', 'Kafka: the partitions of a topic, with the brokers that have a replica', [
      ['topic', nameIn(path, /\/brokers\/topics\/([^/]+)$/)],
      ['id', value.topic_id],
      ['partitions', Object.keys(partitions).length],
      ...Object.entries(partitions).map(([name, replicas]) => [`partition ${name}`, replicas] as const),
    ]);
  }
  return undefined;
}

function byPath(path: string, value: JsonObject): KnownFormat | undefined {
  const config = /\/config\/(topics|brokers|clients|users|ips)\/(.+)$/.exec(path);
  if (config !== null && isObject(value.config)) {
    return formatOf(
      'kafka config',
      `Kafka: settings of ${config[1]} "${config[2]}"`,
      Object.entries(value.config),
    );
  }
  if (/(?:^|\/)cluster\/id$/.test(path) && typeof value.id === 'string') {
    return formatOf('kafka cluster', 'Kafka: the id of the cluster', [['id', value.id]]);
  }
  if (/\/kafka-acl(?:-extended)?\//.test(path) && Array.isArray(value.acls)) {
    return formatOf(
      'kafka acls',
      "Kafka: who may do what with a resource of Kafka's",
      value.acls.map((acl: unknown, at) => [`${at + 1}`, acl] as const),
    );
  }
  return undefined;
}

/** What it keeps as a text: numbers. */
export const kafkaText: Recogniser<string> = (path, text) => {
  if (!/^-?\d{1,19}$/.test(text)) return undefined;
  if (/(?:^|\/)controller_epoch$/.test(path))
    return formatOf('kafka controller epoch', 'Kafka: how often the controller has changed', [
      ['epoch', text],
    ]);
  const offset = /\/consumers\/([^/]+)\/offsets\/([^/]+)\/(\d+)$/.exec(path);
  if (offset === null) return undefined;
  return formatOf('kafka offset', 'Kafka: up to where a group of consumers has read a partition', [
    ['group', offset[1]],
    ['topic', offset[2]],
    ['partition', offset[3]],
    ['offset', text],
  ]);
};

function nameIn(path: string, pattern: RegExp): string | undefined {
  return pattern.exec(path)?.[1];
}
