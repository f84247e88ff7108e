/**
 * `make images`: builds the images and writes their archives to .rookery/images.
 *
 *   node tools/kube/images/main.ts [NAME…]
 *
 * BASE=IMAGE chooses the base image, BASE=scratch makes one of this repository's own Node. Without BASE it is the Dockerfile's default
 * where that can be pulled, and scratch elsewhere.
 */
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repository } from '../folders.ts';
import { buildBase } from './base.ts';
import { type Builder, findBuilder } from './builder.ts';
import { brokenPromises } from './check.ts';
import { archiveOf, type Image, images, reference } from './list.ts';

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function chooseBase(builder: Builder): Promise<string> {
  const wanted = process.env.BASE ?? '';
  if (wanted === 'scratch') return buildBase(builder);
  if (wanted !== '') return wanted;
  const dockerfile = readFileSync(join(repository, images[0]!.dockerfile), 'utf8');
  const usual = dockerfile.match(/^ARG BASE=(\S+)$/m)?.[1];
  if (usual === undefined) throw new Error(`${images[0]!.dockerfile} has no line ARG BASE=…`);
  if (await builder.pull(usual)) return usual;
  log(`${usual} cannot be pulled; the base is made of this repository's own Node`);
  return buildBase(builder);
}

async function build(image: Image, builder: Builder, base: string): Promise<void> {
  const name = reference(image.name);
  const missing = image.bundles.find((bundle) => !existsSync(join(repository, bundle)));
  if (missing !== undefined) throw new Error(`${image.name} needs ${missing}; run npm run build`);
  const dockerfile = join(repository, image.dockerfile);
  await builder.build({ reference: name, dockerfile, context: repository, base });
  const archive = archiveOf(image.name);
  mkdirSync(dirname(archive), { recursive: true });
  await builder.save(name, archive);
  const broken = await brokenPromises(archive);
  if (broken.length > 0) throw new Error(`${name} ${broken.join('; it ')}`);
  const megabytes = (statSync(archive).size / 1e6).toFixed(0);
  log(`${name}  ${megabytes} MB  ${archive}`);
}

try {
  const names = process.argv.slice(2);
  const unknown = names.find((name) => !images.some((image) => image.name === name));
  if (unknown !== undefined) {
    throw new Error(`no image is called ${unknown}; there are ${images.map(({ name }) => name).join(', ')}`);
  }
  const builder = await findBuilder();
  const base = await chooseBase(builder);
  log(`building by ${builder.name} on ${base}`);
  for (const image of images) {
    if (names.length === 0 || names.includes(image.name)) await build(image, builder, base);
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
