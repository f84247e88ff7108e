import {
  auth,
  closeSession,
  create,
  exists,
  flags,
  getChildren,
  getData,
  multi,
  ping,
  remove,
  setData,
  sync,
  whoAmI,
} from '../requests.ts';
import { ann, bob, cleo, type Step, scenario, under } from '../scenario.ts';

/** Whether and what both ports take, which has three settings; the plain port takes no TLS unless it is told to. */
const certificateNeeded = under(
  'tls',
  scenario(
    'tls/nodes, watches and transactions',
    ann.connects(),
    bob.connects(),
    ann.sends(create('/a', 'one'), create('/e', '', { flags: flags.ephemeral }), getData('/a', 'watch')),
    bob.sends(setData('/a', 'two')),
    ann.hears(1),
    bob.sends(getChildren('/', 'watch')),
    ann.sends(multi(create('/b'), setData('/a', 'three'), remove('/e'))),
    bob.hears(1),
    ann.sends(sync('/'), getChildren('/'), ping()),
    ann.sends(closeSession()),
  ),
  scenario(
    'tls/data of many records',
    ann.connects(),
    ann.sends(create('/a', 'x'.repeat(900_000))),
    ann.sends(getData('/a'), getData('/a'), setData('/a', ''), getData('/a')),
  ),
  scenario(
    'tls/requests behind the handshake of the session',
    ann.connects({ behind: [create('/a', 'x'), getData('/a'), whoAmI()] }),
  ),
  scenario(
    'tls/a session that moves to other members and ports',
    ann.connects(),
    ann.sends(create('/e', '', { flags: flags.ephemeral }), exists('/none', 'watch')),
    ann.drops(),
    ann.connects({ session: 'ann', member: 'other' }),
    ann.sends(whoAmI(), exists('/e')),
    ann.drops(),
    ann.connects({ session: 'ann', port: 'other' }),
    ann.sends(whoAmI(), exists('/e')),
    ann.drops(),
    ann.connects({ session: 'ann', port: 'other', by: 'plain TCP' }),
    ann.sends(whoAmI(), exists('/e')),
    ann.drops(),
    ann.connects({ session: 'ann', certificate: 'bob' }),
    ann.sends(whoAmI(), exists('/e')),
  ),
  scenario('tls/nothing but TLS at its own port', ann.connects({ by: 'plain TCP' }), ann.isClosed()),
  ...refused('at its own port', {}),
  ...refused('at the port of both', { port: 'other' }),
);

function refused(where: string, fields: { readonly port?: 'other' }) {
  return (['none', 'untrusted', 'expired'] as const).map((certificate) =>
    scenario(
      `tls/certificate ${certificate} where one is needed, ${where}`,
      ann.connects({ certificate, ...fields }),
      ann.isClosed(),
    ),
  );
}

const isNobody = (...steps: readonly Step[]) => [
  ...steps,
  ann.sends(whoAmI()),
  ann.sends(create('/a', 'x'), getData('/a')),
  ann.sends(auth('x509', '')),
  ann.isClosed(),
];

const certificateWanted = under(
  'certificates wanted',
  scenario('tls/no certificate where one is wanted', ...isNobody(ann.connects({ certificate: 'none' }))),
  scenario('tls/a certificate where one is wanted', ann.connects(), ann.sends(whoAmI())),
  scenario(
    'tls/certificates that are not accepted, where they are wanted',
    ann.connects({ certificate: 'untrusted' }),
    ann.isClosed(),
    bob.connects({ certificate: 'expired' }),
    bob.isClosed(),
  ),
  scenario(
    'tls/at a port that speaks none',
    ann.connects({ port: 'other', by: 'plain TCP' }),
    ann.sends(whoAmI()),
    cleo.connects({ port: 'other' }),
    cleo.isClosed(),
  ),
);

const certificateUnasked = under(
  'lenient sasl',
  scenario('tls/a certificate that nobody asks for', ...isNobody(ann.connects())),
  scenario(
    'tls/certificates that would not be accepted, where nobody asks for them',
    ann.connects({ certificate: 'untrusted' }),
    ann.sends(whoAmI()),
    bob.connects({ certificate: 'expired' }),
    bob.sends(whoAmI()),
  ),
);

export const tls = [...certificateNeeded, ...certificateWanted, ...certificateUnasked];
