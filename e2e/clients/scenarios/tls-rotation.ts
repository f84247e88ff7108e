import type { Scenario } from '../scenario.ts';
import { clientKinds } from '../tls-rotation/clients.ts';
import type { Step } from '../tls-rotation/holder.ts';
import { RotatingClient } from '../tls-rotation/rotating-client.ts';
import { Rotation } from '../tls-rotation/rotation.ts';

/** In this order nobody ever shows what somebody else does not trust. */
const STEPS: readonly Step[] = [
  { name: 'renewed-certificates', issuer: 'old', trusted: ['old'] },
  { name: 'both-authorities-trusted', trusted: ['old', 'new'] },
  { name: 'certificates-of-new-authority', issuer: 'new', trusted: ['old', 'new'] },
  { name: 'new-authority-alone-trusted', trusted: ['new'] },
];

/**
 * Apache ZooKeeper 3.9.5 cannot do it: it shows renewed certificates, but its X509AuthenticationProvider trusts until the member is restarted whom it has
 * trusted at the start, so that clients with certificates of a new authority are closed.
 */
export const tlsRotation: Scenario = {
  name: 'tls-rotation',
  proves:
    'real clients go on over TLS, and lose neither a connection nor a session, while certificates and their authority are replaced',
  against: ['rookery'],
  needs: [...new Set(clientKinds.flatMap(({ needs }) => needs))],
  run: async (context) => {
    // Whatever has to be built is built before anybody is connected.
    const clients = clientKinds.map((kind) => new RotatingClient(kind.name, kind.command(context)));
    try {
      const rotation = await Rotation.start(context, clients);
      for (const step of STEPS) context.note(await rotation.take(step));
      return await rotation.end();
    } finally {
      for (const client of clients) client.kill();
    }
  },
};
