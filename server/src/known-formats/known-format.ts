import { curatorJson } from './curator.ts';
import type { KnownFormat, Recogniser } from './format.ts';
import { hadoopElector } from './hadoop.ts';
import { hbase } from './hbase.ts';
import { kafkaJson, kafkaText } from './kafka.ts';
import { counter, json, properties } from './plain.ts';
import { solrJson, solrLiveNode } from './solr.ts';
import { utf8Of } from './text.ts';

/** What is longer is not looked into: it would hold up everybody else. */
const MOST_BYTES = 1024 * 1024;

const OF_BYTES: readonly Recogniser<Uint8Array>[] = [solrLiveNode, hbase, hadoopElector, counter];
const OF_JSON: readonly Recogniser<unknown>[] = [curatorJson, kafkaJson, solrJson, json];
const OF_TEXT: readonly Recogniser<string>[] = [kafkaText, properties];

/** What programs are known to keep as such a value: told by the value, and by its path where that is not enough. */
export function knownFormat(path: string, data: Uint8Array): KnownFormat | undefined {
  if (data.length > MOST_BYTES) return undefined;
  const ofBytes = first(OF_BYTES, path, data);
  if (ofBytes !== undefined || data.length === 0) return ofBytes;
  const text = utf8Of(data);
  if (text === undefined) return undefined;
  const value = /^\s*[[{]/.test(text) ? parsed(text) : undefined;
  return value === undefined ? first(OF_TEXT, path, text) : first(OF_JSON, path, value);
}

function first<T>(recognisers: readonly Recogniser<T>[], path: string, value: T): KnownFormat | undefined {
  for (const recognise of recognisers) {
    const known = recognise(path, value);
    if (known !== undefined) return known;
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
