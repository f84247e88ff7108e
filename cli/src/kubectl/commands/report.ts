import packageJson from '../../../package.json' with { type: 'json' };
import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-codes.ts';
import { Refusal } from '../../failures.ts';
import { bytesText, counted } from '../../quantities.ts';
import { type FoundCluster, findCluster } from '../cluster/find-clusters.ts';
import { RESOURCE } from '../cluster/member-names.ts';
import type { Kubectl } from '../kubectl.ts';
import { Archive } from '../report/archive.ts';
import { type KnownSecrets, knownSecrets } from '../report/known-secrets.ts';
import { type Json, shownObject } from '../report/kube-object.ts';
import { Redaction } from '../report/redaction.ts';
import { memberSources, objectSources, operatorSources, type Source } from '../report/sources.ts';

export interface ReportOptions {
  readonly output?: string;
  readonly operatorNamespace?: string;
}

/** Of all that is in the archive, before it is packed. */
const MAX_REPORT_BYTES = 256 * 1024 * 1024;
/** What kubectl exec ends with where the command in the pod has ended with 1. */
const FOUND = /terminated with exit code 1$/;
const MAX_CLUSTER_BYTES = 4 * 1024 * 1024;

interface Gathered {
  readonly file: string;
  readonly content: Buffer | Json;
  readonly left: number;
  readonly why: string | undefined;
}

interface Entry {
  readonly file: string;
  readonly bytes: number;
  /** Bytes that stood before, of what is longer than its bound. */
  readonly leftOut: number;
  /** Why it is not there, or not whole; null: it is. */
  readonly why: string | null;
}

/** All that helps whoever looks for what is wrong, in one file that may be given away: no value of a Secret is in it. */
export async function report(
  context: Context,
  kubectl: Kubectl,
  cluster: string,
  options: ReportOptions,
): Promise<ExitCode> {
  const found = await findCluster(kubectl, cluster);
  const { namespace } = found.status;
  const nowMs = context.nowMs();
  const stamp = new Date(nowMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  const file = options.output ?? `rookery-report-${cluster}-${stamp}Z.tar.gz`;
  // Objects first: they name the Secrets that are looked for in all of it.
  const objects: Gathered[] = [];
  for (const source of [clusterSource(found), ...objectSources(found)])
    objects.push(await gathered(context, source));
  const known = await knownSecrets(
    found,
    objects.map(({ content }) => (Buffer.isBuffer(content) ? '' : content)),
  );
  const inObjects: Buffer[] = [];
  const shown = objects.map((each) =>
    Buffer.isBuffer(each.content)
      ? each
      : {
          ...each,
          content: shownObject(eventsOf(each, cluster), (secret) => inObjects.push(Buffer.from(secret))),
        },
  );
  const redaction = new Redaction([...known.values, ...inObjects]);
  const archive = new Archive(file);
  try {
    const folder = `rookery-report-${cluster}`.slice(0, 60);
    const entries: Entry[] = [];
    let total = 0;
    const add = async (each: Gathered): Promise<void> => {
      const { content, left, why } = each;
      const bytes = redaction.of(
        Buffer.isBuffer(content) ? content : `${JSON.stringify(content, undefined, 1)}\n`,
      );
      const hasRoom = total + bytes.length <= MAX_REPORT_BYTES;
      const told = why === undefined ? null : redaction.of(why).toString();
      entries.push({
        file: each.file,
        bytes: hasRoom ? bytes.length : 0,
        leftOut: hasRoom ? left : left + bytes.length,
        why: hasRoom ? told : 'the report is as large as it may become',
      });
      if (!hasRoom || (bytes.length === 0 && why !== undefined)) return;
      total += bytes.length;
      await archive.add(`${folder}/${each.file}`, bytes, nowMs);
    };
    for (const each of shown) await add(each);
    const operator = await operatorSources(kubectl, options.operatorNamespace).catch((error: Error) => error);
    if (operator instanceof Error)
      await add({ file: 'operator/', content: Buffer.alloc(0), left: 0, why: operator.message });
    for (const source of [...memberSources(found), ...(operator instanceof Error ? [] : operator)]) {
      const each = await gathered(context, source);
      if (Buffer.isBuffer(each.content)) await add(each);
      else await add({ ...each, content: shownObject(each.content, () => {}) });
    }
    const about = aboutOf({ cluster, namespace, nowMs, known, entries });
    await archive.add(
      `${folder}/about.json`,
      redaction.of(`${JSON.stringify(about, undefined, 1)}\n`),
      nowMs,
    );
    await archive.finish();
    await tell(context, file, total, entries, known);
    return ExitCode.ok;
  } catch (error) {
    await archive.abandon();
    throw error;
  }
}

function clusterSource({ kubectl, status }: FoundCluster): Source {
  return {
    file: 'objects/coordinationcluster.json',
    kubectl,
    args: ['get', RESOURCE, status.name, '--output=json'],
    maxBytes: MAX_CLUSTER_BYTES,
    isObject: true,
  };
}

/** What cannot be had is told of in the report, and nothing ends because of it. */
async function gathered(
  context: Context,
  { file, kubectl, args, maxBytes, isObject, finds }: Source,
): Promise<Gathered> {
  context.progress.show(file);
  const { bytes, left, failure } = await kubectl.printed(args, maxBytes);
  const isFinding = finds === true && bytes.length > 0 && FOUND.test(failure?.message ?? '');
  const why = isFinding ? undefined : failure?.message;
  if (isObject !== true) return { file, content: bytes, left, why };
  try {
    if (left > 0) throw new Refusal(`it is longer than ${maxBytes} bytes`);
    return { file, content: JSON.parse(bytes.toString('utf8')) as Json, left, why };
  } catch (error) {
    // A piece of an object says nothing that can be looked through.
    return {
      file,
      content: Buffer.alloc(0),
      left: left + bytes.length,
      why: why ?? (error as Error).message,
    };
  }
}

/** Of all Events of the namespace those about the cluster, and about what is called after it. */
function eventsOf({ file, content }: Gathered, cluster: string): Json {
  if (file !== 'objects/events.json' || Buffer.isBuffer(content)) return content as Json;
  const { items = [] } = content as { readonly items?: readonly Json[] };
  const isOurs = (event: Json): boolean => {
    const about =
      (event as { readonly involvedObject?: { readonly name?: string } } | null)?.involvedObject?.name ?? '';
    return about === cluster || about.startsWith(`${cluster}-`) || about.startsWith(`data-${cluster}-`);
  };
  return items.filter(isOurs);
}

interface About {
  readonly cluster: string;
  readonly namespace: string;
  readonly nowMs: number;
  readonly known: KnownSecrets;
  readonly entries: readonly Entry[];
}

function aboutOf({ cluster, namespace, nowMs, known, entries }: About): object {
  return {
    format: 'rookery-report/1',
    at: new Date(nowMs).toISOString(),
    by: `rookery ${packageJson.version}`,
    cluster,
    namespace,
    secrets: {
      said: 'Values of these Secrets were looked for and taken out; of the unread ones, and of others, what stands behind a word such as "token" or "password".',
      read: known.read,
      unread: known.unread,
    },
    files: entries,
  };
}

async function tell(
  context: Context,
  file: string,
  bytes: number,
  entries: readonly Entry[],
  { unread }: KnownSecrets,
): Promise<void> {
  // Most containers were never started before.
  const missing = entries.filter(
    ({ why, file: name }) => why !== null && !name.endsWith('/previous-log.txt'),
  );
  const there = entries.filter(({ bytes: size }) => size > 0).length;
  if (context.json) {
    await context.jsonLine({ file, files: there, bytes, missing, secretsUnread: unread });
    return;
  }
  for (const { file: name, why } of missing) context.note(`${name}: ${why}`);
  const present = unread.filter(({ why }) => !why.includes('(NotFound)'));
  if (present.length > 0)
    context.note(
      `${counted(present.length, 'Secret')} may not be read by you (${present.map(({ name }) => name).join(', ')}), so what of their values stands in a log is found by the words before it alone: look the report through before you give it away`,
    );
  await context.out.line(`${counted(there, 'file')}, ${bytesText(bytes)}, in ${file}`);
}
