import type { Context } from '../context.ts';
import { ExitCode } from '../exit-codes.ts';

/** Every identity that the connection has proved, as SCHEME:ID. */
export async function whoami(context: Context): Promise<ExitCode> {
  const { client } = await context.at('/');
  const identities = await client.whoAmI();
  if (context.json)
    await context.jsonLine({ identities: identities.map(({ scheme, user }) => ({ scheme, id: user })) });
  else for (const { scheme, user } of identities) await context.out.line(`${scheme}:${user}`);
  return ExitCode.ok;
}
