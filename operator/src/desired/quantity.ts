import { quantityBytes } from '@rookery/crds';

const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const;
const DECIMAL = ['', 'k', 'M', 'G', 'T', 'P', 'E'] as const;

/*
 * The API server stores quantities in one canonical form: the largest unit of their kind that leaves a whole number (1024Mi becomes
 * 1Gi, 0.5 becomes 500m). An object that says them otherwise would never equal what is stored.
 */

/** Memory or storage; a fraction of a byte is rounded up. */
export function canonicalBytes(quantity: string | number): string {
  const bytes = quantityBytes(quantity);
  // Beyond what a number holds exactly nothing is gained by guessing.
  if (!Number.isSafeInteger(bytes)) return String(quantity);
  return String(quantity).endsWith('i') ? inUnits(bytes, 1024, BINARY) : inUnits(bytes, 1000, DECIMAL);
}

/** Processors, to a thousandth. */
export function canonicalCpu(quantity: string | number): string {
  const text = String(quantity);
  const thousandths = text.endsWith('m') ? Number(text.slice(0, -1)) : Math.round(Number(text) * 1000);
  return inUnits(thousandths, 1000, ['m', ...DECIMAL]);
}

function inUnits(count: number, base: number, units: readonly string[]): string {
  let unit = 0;
  let rest = count;
  while (unit < units.length - 1 && rest % base === 0) {
    rest /= base;
    unit += 1;
  }
  return `${rest}${units[unit]}`;
}
