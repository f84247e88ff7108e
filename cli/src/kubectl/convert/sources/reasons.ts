/** Why keys of charts and operators are not needed, or cannot be had: what several of them say. */
export const IMAGE =
  "the image is Rookery's: spec.version is its tag, spec.image.repository another place of it";
export const PROBES = 'the operator makes the probes';
export const POD_SECURITY =
  'members run as a user without rights, with a file system that is read only and no capabilities';
export const SERVICE_ACCOUNT = 'members have a ServiceAccount of their own that may do nothing';
export const HEADLESS = 'the operator makes the headless Service, NAME-headless';
export const UPDATES = 'the operator rolls members one at a time, the leader last';
export const EXTRA_CONTAINERS = 'pods have the member alone: run it in a pod of its own';
export const EXTRA_VOLUMES = 'pods have the volume of the member alone';
export const ENVIRONMENT = 'members are told by spec.config and the operator alone';
export const COMMAND = 'the image starts the member by itself';
export const DNS = 'pods have the DNS of their Kubernetes';
export const CLUSTER_DOMAIN =
  'names are completed by the DNS of the pods: none has the domain of the Kubernetes in it';
export const METRICS =
  'each member serves /metrics at port 8080; what scrapes it comes with the operator: monitoring.podMonitor of its chart, see docs/operations.md';
export const RULES = 'alerts come with the operator: monitoring.rules of its chart, see docs/operations.md';
export const SCHEDULER = 'pods go by the scheduler that Kubernetes has';
export const GRACE = 'the operator says how long a member may take to stop';
export const NAMES = 'the CoordinationCluster is called by --name';
export const EXTRA_OBJECTS = 'apply them by themselves';
export const VOLUME_METADATA = 'volumes have the labels of the operator alone';
export const VOLUME_SELECTOR = 'volumes are chosen by spec.storage.storageClassName';
export const MEMBER_IDS = 'the operator gives each member its id';
export const ONE_VOLUME = 'log and snapshots share one volume';
export const PEER_PORTS =
  'members speak with one another by port 2888 alone, for which the operator makes all that is needed';
export const BUDGET = 'one member goes at a time, from three members on: spec.disruption.pdb';
