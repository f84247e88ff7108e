import type { PartOfRecipe } from '@rookery/client/layouts';
import { join } from '@rookery/client/subtree';
import { ExistsCall, GetCall } from '@rookery/client/world';
import type { Stat } from '@rookery/protocol';
import { knownFormat } from '../../../known-formats/known-format.ts';
import { plainTextOf } from '../../../known-formats/text.ts';
import type { Asker } from '../../v1/asker.ts';
import type { Contender } from '../shapes.ts';
import { readable } from './permitted.ts';
import { visible } from './visible.ts';

/** What is longer says nothing that a person would read: an entry of a queue may have a megabyte. */
const MOST_SAID_BYTES = 4096;
const MOST_SAID_CHARACTERS = 120;

type Known = Pick<Stat, 'ctime' | 'dataLength'> & { readonly ephemeralOwner: number | bigint };

/** @param stat undefined: it was not told. Returns undefined where the node has gone. */
export async function contenderOf(
  asker: Asker,
  parent: string,
  { name, kind }: PartOfRecipe,
  stat: Stat | undefined,
): Promise<Contender | undefined> {
  const path = join(parent, name);
  // Whoever may not read a node may know that it is there.
  const known: Known | undefined = stat ?? (await asker.ask(new ExistsCall(path, path)));
  if (known === undefined) return undefined;
  const { ctime, dataLength, ephemeralOwner } = known;
  const isRead = stat !== undefined && dataLength > 0 && dataLength <= MOST_SAID_BYTES;
  const value = isRead ? await readable(asker.ask(new GetCall(path, path))) : undefined;
  return {
    name,
    ...(kind === undefined ? {} : { kind }),
    session: Number(ephemeralOwner) === 0 ? null : `0x${ephemeralOwner.toString(16)}`,
    sinceMs: ctime,
    says: value === undefined ? '' : saidBy(path, value.data),
  };
}

/** An instance of a service says where it is; of whatever else the beginning is told, where it is text. */
function saidBy(path: string, data: Buffer): string {
  const format = knownFormat(path, data);
  const field = (name: string): string | undefined =>
    format?.fields.find((each) => each.name === name)?.value;
  const address = format?.name === 'curator service' ? field('address') : undefined;
  const port = field('port') ?? field('TLS port');
  const text =
    address === undefined ? plainTextOf(data) : port === undefined ? address : `${address}:${port}`;
  return visible((text ?? '').slice(0, MOST_SAID_CHARACTERS));
}
