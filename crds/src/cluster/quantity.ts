import { intOrString, rules, textLike } from '../schema/builder.ts';

const BYTES_PATTERN = '^([0-9]{1,15}(?:\\.[0-9]{1,9})?)(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?$';
const CPU_PATTERN = '^([0-9]{1,9}m|[0-9]{1,6}(\\.[0-9]{1,3})?)$';
const MAX_LENGTH = 32;
const BYTES_FORM = 'write a number of bytes, such as "512Mi", "2Gi" or "10G"';
const CPU_FORM = 'write a number of processors, such as "200m", "0.5" (with its quotes) or 2';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** The size of a volume, at least `min`. */
export function volumeBytes(description: string, min: string) {
  return textLike(
    description,
    BYTES_PATTERN,
    BYTES_FORM,
    { maxLength: MAX_LENGTH },
    {
      rule: `quantity(self).compareTo(quantity('${min}')) >= 0`,
      message: `write ${min} or more`,
    },
  );
}

/** Memory, at least `min`; a plain number is bytes. */
export function memory(description: string, min: string) {
  return intOrString(description, {
    maxLength: MAX_LENGTH,
    pattern: BYTES_PATTERN,
    ...rules({
      rule: `string(self).matches(r'${BYTES_PATTERN}') && quantity(string(self)).compareTo(quantity('${min}')) >= 0`,
      message: `${BYTES_FORM}; at least ${min}`,
    }),
  });
}

/** Processors: `200m` is a fifth of one. */
export function cpu(description: string) {
  return intOrString(description, {
    maxLength: MAX_LENGTH,
    pattern: CPU_PATTERN,
    ...rules({
      rule: `string(self).matches(r'${CPU_PATTERN}') && quantity(string(self)).isGreaterThan(quantity('0'))`,
      message: `${CPU_FORM}; more than 0`,
    }),
  });
}

/** In bytes, whole, rounded up. Throws a RangeError for what the schema would have refused. */
export function quantityBytes(quantity: string | number): number {
  const match = new RegExp(BYTES_PATTERN).exec(String(quantity));
  const unit = UNITS[match?.[2] ?? ''];
  if (match === null || unit === undefined) {
    throw new RangeError(`"${quantity}" is no number of bytes such as 512Mi or 10G`);
  }
  return Math.ceil(Number(match[1]) * unit);
}
