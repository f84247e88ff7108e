import { acl, create, getAcl, getData, setAcl, whoAmI } from '../requests.ts';
import { ann, bob, scenario, under } from '../scenario.ts';

export const tls = under(
  'tls',
  scenario(
    'tls/a certificate is an identity',
    ann.connects(),
    bob.connects(),
    ann.sends(whoAmI()),
    bob.sends(whoAmI()),
    ann.sends(create('/a', 'x', { acl: [acl(31, 'auth', '')] })),
    ann.sends(getAcl('/a')),
    bob.sends(getData('/a')),
    ann.sends(setAcl('/a', [acl(31, 'x509', 'CN=bob,OU=data,O=Acme')])),
    bob.sends(getData('/a')),
    ann.sends(getData('/a')),
  ),
);
