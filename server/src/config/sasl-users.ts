import type { SaslConfig, UsersSource } from './config.ts';
import { ConfigError, describeOrigin, type Origin } from './config-error.ts';
import { JaasFile } from './jaas-file.ts';
import type { Layers } from './layer.ts';
import { readUsersFile } from './yaml-users.ts';

/** Where one says who the users are. */
export const USERS_ARE_MISSING =
  'there are no SASL users; sasl.usersFile or sasl.jaasFile (in a zoo.cfg java.security.auth.login.config) says where they are';

/** Whose password `sasl.superPassword` replaces, as in ZooKeeper. */
const SUPER = 'super';

/** Reads a whole file that has to be there. */
type ReadUsers = (path: string, origin: Origin) => string;

/** Who may authenticate by SASL, by their names, with their passwords. Throws ConfigError. */
export function readSaslUsers(
  layers: Layers,
  readFile: ReadUsers,
  warnings: string[],
): Pick<SaslConfig, 'users' | 'source'> {
  const inline = layers.saslUsers();
  const users = layers.given('sasl.usersFile');
  const jaas = layers.given('sasl.jaasFile');
  const [origin, second] = [users?.origin, jaas?.origin, inline?.origin].filter(
    (given) => given !== undefined,
  );
  const superPassword = layers.value('sasl.superPassword');
  if (origin === undefined) {
    warnOfNoSuper(undefined, superPassword, layers, warnings);
    warnOfNoUsers(layers, warnings);
    return {};
  }
  if (second !== undefined) {
    const problem = `SASL users are also given by ${describeOrigin(second)}; give one of them`;
    throw new ConfigError(origin, problem);
  }
  if (inline !== undefined) {
    warnOfNoSuper(inline.users, superPassword, layers, warnings);
    return { users: withSuper(inline.users, superPassword) };
  }
  const source: UsersSource = {
    ...(users !== undefined
      ? { kind: 'yaml', file: layers.value('sasl.usersFile')! }
      : { kind: 'jaas', file: layers.value('sasl.jaasFile')!, section: layers.value('sasl.jaasSection') }),
    superPassword,
  };
  const read = usersFrom(source, readFile(source.file, origin));
  if (read === undefined) {
    const section = JSON.stringify(layers.value('sasl.jaasSection'));
    const problem = `${source.file} has no section ${section} (sasl.jaasSection): SASL is not set up`;
    warnings.push(`${describeOrigin(origin)}: ${problem}`);
    return { source };
  }
  warnOfNoSuper(read, superPassword, layers, warnings);
  return { users: read, source };
}

/** The users that a file's text holds; undefined where it is a JAAS file without the section. Throws ConfigError. */
export function usersFrom(source: UsersSource, text: string): ReadonlyMap<string, string> | undefined {
  const users =
    source.kind === 'yaml'
      ? readUsersFile(source.file, text)
      : new JaasFile(source.file, text, source.section).users;
  return users === undefined ? undefined : withSuper(users, source.superPassword);
}

function withSuper(
  users: ReadonlyMap<string, string>,
  password: string | undefined,
): ReadonlyMap<string, string> {
  return password === undefined || !users.has(SUPER) ? users : new Map(users).set(SUPER, password);
}

/** Something else is said of them: whoever comes from ZooKeeper may have left the flag of the JVM behind that names their file. */
function warnOfNoUsers(layers: Layers, warnings: string[]): void {
  const isNamed = layers.value('auth.schemes').includes('sasl');
  const origin = [
    layers.written('sasl.jaasSection')?.origin,
    layers.value('sasl.superUsers').length > 0 ? layers.written('sasl.superUsers')?.origin : undefined,
    isNamed ? layers.written('auth.schemes')?.origin : undefined,
  ].find((written) => written !== undefined);
  if (origin !== undefined) warnings.push(`${describeOrigin(origin)}: ${USERS_ARE_MISSING}`);
}

function warnOfNoSuper(
  users: ReadonlyMap<string, string> | undefined,
  password: string | undefined,
  layers: Layers,
  warnings: string[],
): void {
  if (password === undefined || users?.has(SUPER)) return;
  const origin = describeOrigin(layers.given('sasl.superPassword')!.origin);
  warnings.push(`${origin} has no effect here: there is no SASL user named ${SUPER}`);
}
