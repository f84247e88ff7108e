import { choice, defaulted, object, section, truth } from '../schema/builder.ts';
import { annotations } from './labels.ts';

export const services = section(
  object('How clients reach the ensemble.', {
    client: section(
      object(
        'The Service of the same name as the CoordinationCluster, which spreads clients over the members.',
        {
          type: defaulted(
            choice(
              'ClusterIP is reached from inside this Kubernetes only. Nothing authenticates clients yet: think before you choose another.',
              ['ClusterIP', 'NodePort', 'LoadBalancer'],
            ),
            'ClusterIP',
          ),
          annotations: defaulted(annotations('For load balancers, DNS and the like.'), {}),
          ipFamilyPolicy: defaulted(
            choice('IPv4, IPv6 or both; PreferDualStack takes both where there are both.', [
              'SingleStack',
              'PreferDualStack',
              'RequireDualStack',
            ]),
            'PreferDualStack',
          ),
        },
      ),
    ),
    external: section(
      object(
        'A Service for each member, NAME-external-0 and so on, for clients outside of this Kubernetes, who list all members as ZooKeeper clients do.',
        {
          enabled: defaulted(truth('Whether there are any.'), false),
          type: defaulted(
            choice(
              'NodePort opens a port on each node, LoadBalancer asks the cloud for an address of each member. Nothing authenticates clients yet: think of spec.networkPolicy.',
              ['NodePort', 'LoadBalancer'],
            ),
            'LoadBalancer',
          ),
          annotations: defaulted(
            annotations(
              'For load balancers, DNS and the like; {ordinal} stands for the number of the member.',
            ),
            {},
          ),
        },
      ),
    ),
  }),
);
