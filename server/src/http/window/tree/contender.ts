import type { PartOfRecipe } from '@rookery/client/layouts';
import { join } from '@rookery/client/subtree';
import { GetCall } from '@rookery/client/world';
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

/** @param stat undefined: the caller may not read the node */
export async function contenderOf(
  asker: Asker,
  parent: string,
  { name, kind }: PartOfRecipe,
  stat: Stat | undefined,
): Promise<Contender> {
  const path = join(parent, name);
  const { ctime = null, dataLength = 0, ephemeralOwner = 0 } = stat ?? {};
  const isRead = dataLength > 0 && dataLength <= MOST_SAID_BYTES;
  const value = isRead ? await readable(asker.ask(new GetCall(path, path))) : undefined;
  return {
    name,
    ...(kind === undefined ? {} : { kind }),
    session: ephemeralOwner === 0 ? null : `0x${ephemeralOwner.toString(16)}`,
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
