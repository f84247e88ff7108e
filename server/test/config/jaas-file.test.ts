import { describe, expect, test } from 'vitest';
import { JaasFile } from '../../src/config/jaas-file.ts';
import { refusalOf } from './load-from.ts';

const MODULE = 'org.apache.zookeeper.server.auth.DigestLoginModule';

function usersOf(text: string, section = 'Server'): Record<string, string> | undefined {
  const { users } = new JaasFile('/etc/jaas.conf', text, section);
  return users === undefined ? undefined : Object.fromEntries(users);
}

describe('a JAAS file', () => {
  test('is read as kazoo and the documentation of ZooKeeper write it', () => {
    const text = `
Server {
    ${MODULE} required
    user_super="super_secret"
    user_jaasuser="jaas_password";
};`;
    expect(usersOf(text)).toEqual({ super: 'super_secret', jaasuser: 'jaas_password' });
  });

  test('has sections for others beside this server’s, of any modules', () => {
    const text = `// for clients
      Client { com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true user_eve="x" principal="a/b@C"; };
      /* ours:
         by name */
      Server{${MODULE} REQUIRED user_bob=plain;};
      QuorumServer { ${MODULE} required user_peer="y"; };`;
    expect(usersOf(text)).toEqual({ bob: 'plain' });
    expect(usersOf(text, 'QuorumServer')).toEqual({ peer: 'y' });
    expect(usersOf(text, 'Other')).toBeUndefined();
    expect(usersOf('')).toBeUndefined();
  });

  test('gives users what is quoted, with escapes, blanks, marks and any letters', () => {
    const text = String.raw`Server { ${MODULE} optional
      user_a="with blanks; { } = // and /* marks */"
      user_b="a \"quote\", a \\ and a \t tab, \101 \x"
      "user_with blank"="1"
      user_größe="päss€"
      username="not one of the users" password="p";
      ${MODULE} required
      user_c="of a second module"; };`;
    expect(usersOf(text)).toEqual({
      a: 'with blanks; { } = // and /* marks */',
      b: 'a "quote", a \\ and a \t tab, A x',
      'with blank': '1',
      größe: 'päss€',
      c: 'of a second module',
    });
  });

  test('may have no users at all', () => {
    expect(usersOf(`Server { ${MODULE} required; };`)).toEqual({});
    expect(usersOf('Server { };')).toEqual({});
  });

  test.each([
    [
      'Server {\n com.sun.security.auth.module.Krb5LoginModule required; };',
      2,
      'Server: Kerberos is not there',
    ],
    [
      'Server {\n com.example.Other required; };',
      2,
      'Server: the login module com.example.Other is not there',
    ],
    [`Server {\n\n ${MODULE} user_bob="secret"; };`, 3, 'Server: expected required, requisite, sufficient'],
    [`Server { ${MODULE} required\n user_bob "secret"; };`, 2, 'JAAS: expected =, found a word'],
    [`Server { ${MODULE} required user_bob=\n};`, 2, 'JAAS: expected the value of user_bob, found }'],
    [`Server { ${MODULE} required user_bob="secret"\n};`, 2, 'JAAS: expected the name of an option, or ;'],
    [`Server { ${MODULE} required user_bob="secret";\n}`, 2, 'JAAS: expected ;, found the end of the file'],
    ['Server\nServer { };', 2, 'JAAS: expected {, found a word'],
    ['Server { };\nServer { };', 2, 'Server: there are two sections of this name'],
    [`Server { ${MODULE} required user_bob="secret"\nuser_bob="secret"; };`, 2, 'user_bob: is given twice'],
    [`Server { ${MODULE} required\nuser_="secret"; };`, 2, 'user_: has no name behind it'],
    [`Server { ${MODULE} required\nuser_bob="secret; };`, 2, 'JAAS: a quoted value does not end on its line'],
    [
      `Server { ${MODULE} required\nuser_bob="\${env.secret}"; };`,
      2,
      'user_bob: refers to a property of a JVM',
    ],
    ['# Server\n', 1, 'JAAS: "#" has no meaning here'],
    ['Server {\n // never closed\n /* x */', 3, 'JAAS: expected the name of a login module, found the end'],
  ])('is refused by its line, and no password is shown: %j', (text, line, problem) => {
    const refusal = refusalOf(() => usersOf(text));
    expect(refusal.message).toContain(`/etc/jaas.conf line ${line}: ${problem}`);
    expect(refusal.message).not.toContain('secret');
  });
});
