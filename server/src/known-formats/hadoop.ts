import { formatOf, type Recogniser } from './format.ts';
import { protobufFields } from './protobuf.ts';
import { plainTextOf } from './text.ts';

/** The nodes of Hadoop's elector: who is active, and who was last, for whoever has to fence it. */
const ELECTOR = /\/(ActiveStandbyElectorLock|ActiveBreadCrumb)$/;

const NAME_NODE = ['name service', 'name node', 'host', 'port', 'port of the failover controller'] as const;
const RESOURCE_MANAGER = ['cluster', 'resource manager'] as const;

/** HDFS's `ActiveNodeInfo`, and YARN's `ActiveRMInfoProto`, which has two fields of the five. */
export const hadoopElector: Recogniser<Uint8Array> = (path, data) => {
  const node = ELECTOR.exec(path)?.[1];
  const fields = node === undefined ? undefined : protobufFields(data);
  if (fields === undefined || fields.length === 0) return undefined;
  const names: readonly string[] = fields.length > RESOURCE_MANAGER.length ? NAME_NODE : RESOURCE_MANAGER;
  const told = fields.map((field) => {
    const value = field.kind === 'number' ? String(field.value) : plainTextOf(field.value);
    return [names[field.number - 1] ?? `field ${field.number}`, value] as const;
  });
  if (told.some(([, value]) => value === undefined)) return undefined;
  const what = node === 'ActiveBreadCrumb' ? 'which one was active last' : 'which one is active';
  return formatOf('hadoop elector', `Hadoop's high availability: ${what}`, told);
};
