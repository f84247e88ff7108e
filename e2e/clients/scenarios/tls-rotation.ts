import { bothSystems, type Scenario } from '../scenario.ts';
import { clientKinds } from '../tls-rotation/clients.ts';
import type { Step } from '../tls-rotation/holder.ts';
import { Rotation } from '../tls-rotation/rotation.ts';

/** In this order nobody ever shows what somebody else does not trust. */
const STEPS: readonly Step[] = [
  { name: 'renewed-certificates', issuer: 'old', trusted: ['old'] },
  { name: 'both-authorities-trusted', trusted: ['old', 'new'] },
  { name: 'certificates-of-new-authority', issuer: 'new', trusted: ['old', 'new'] },
  { name: 'new-authority-alone-trusted', trusted: ['new'] },
];

export const tlsRotation: Scenario = {
  name: 'tls-rotation',
  proves:
    'real clients go on over TLS, and lose neither a connection nor a session, while certificates and their authority are replaced',
  against: bothSystems,
  needs: [...new Set(clientKinds.flatMap(({ needs }) => needs))],
  run: async (context) => {
    const rotation = await Rotation.start(context, clientKinds);
    for (const step of STEPS) context.note(await rotation.take(step));
    return rotation.end();
  },
};
