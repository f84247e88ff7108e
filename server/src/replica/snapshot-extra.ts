import { FIRST_LEVEL } from '../model/feature-level.ts';

/**
 *   f64 base of zxids | f64 time of the last command | u32 feature level, where it is not the first one
 *
 * Builds without levels read and write it without; a higher level is in the digest, too, so that they do not take its state for one of theirs.
 */
const EXTRA_BYTES = 16;
const LEVEL_BYTES = 4;

export function encodeExtra(zxidBase: number, lastTimeMs: number, featureLevel: number): Uint8Array {
  const extra = new Uint8Array(featureLevel === FIRST_LEVEL ? EXTRA_BYTES : EXTRA_BYTES + LEVEL_BYTES);
  const view = new DataView(extra.buffer);
  view.setFloat64(0, zxidBase);
  view.setFloat64(8, lastTimeMs);
  if (featureLevel !== FIRST_LEVEL) view.setUint32(EXTRA_BYTES, featureLevel);
  return extra;
}

export function decodeExtra(extra: Uint8Array): {
  zxidBase: number;
  lastTimeMs: number;
  featureLevel: number;
} {
  const view = new DataView(extra.buffer, extra.byteOffset, extra.byteLength);
  return {
    zxidBase: view.getFloat64(0),
    lastTimeMs: view.getFloat64(8),
    featureLevel: extra.length > EXTRA_BYTES ? view.getUint32(EXTRA_BYTES) : FIRST_LEVEL,
  };
}
