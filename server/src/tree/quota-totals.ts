import { NO_SLOT } from '@rookery/protocol';
import type { QuotaTotals } from '../model/namespace-quotas.ts';
import { pathOf, readText, statsBeside } from './quota-rules.ts';
import { emptyQuotaText, NO_VALUE } from './quota-text.ts';
import type { Znodes } from './znodes.ts';

const limits = emptyQuotaText();
const stats = emptyQuotaText();

/** See Tree.quotaTotals. */
export function quotaTotals(znodes: Znodes, most: number): readonly QuotaTotals[] {
  const totals = new Map<string, QuotaTotals>();
  let left = most;
  for (const slot of znodes.quotas.limits()) {
    if (left-- === 0) break;
    const [, namespace = ''] = pathOf(znodes, slot).split('/', 2);
    let total = totals.get(namespace);
    if (total === undefined) {
      total = { namespace, countLimit: 0, bytesLimit: 0, count: 0, bytes: 0 };
      totals.set(namespace, total);
    }
    if (!readText(znodes, slot, limits, false)) continue;
    total.countLimit += limits.countHardLimit > NO_VALUE ? limits.countHardLimit : limits.count;
    total.bytesLimit += limits.byteHardLimit > NO_VALUE ? limits.byteHardLimit : limits.bytes;
    const beside = statsBeside(znodes, slot);
    if (beside === NO_SLOT || !readText(znodes, beside, stats, false)) continue;
    total.count += stats.count;
    total.bytes += stats.bytes;
  }
  return [...totals.values()];
}
