/** The addresses and names of the cluster's machines. The networks exist only inside their namespaces. */

/** Runs etcd, the API server, the controllers, the scheduler and DNS; no pods. */
export const controlPlane = { name: 'control-plane', address: '10.200.0.1' } as const;

export interface NodeAddresses {
  readonly name: string;
  readonly address: string;
  /** The addresses of its pods. */
  readonly podRange: string;
  readonly zone: string;
}

export const nodes: readonly NodeAddresses[] = [1, 2, 3].map((number) => ({
  name: `node-${number}`,
  address: `10.200.0.${10 + number}`,
  podRange: `10.244.${number}.0/24`,
  zone: `zone-${number}`,
}));

export const POD_RANGES = '10.244.0.0/16';
export const SERVICE_RANGE = '10.96.0.0/16';
/** The first of the services' addresses: that of the API server for pods. */
export const KUBERNETES_SERVICE = '10.96.0.1';
export const apiServer = `https://${controlPlane.address}:6443`;
export const CLUSTER_DOMAIN = 'cluster.local';
