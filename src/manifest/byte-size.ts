const UNITS = 'BKMGT';

/** Source: cloud_controller_ng byte_quantity.rb. The unit is not optional. */
const BYTE_QUANTITY = /^(-?\d+(?:\.\d+)?)([KMGT]i?B?|B)$/i;

export type ByteSize =
  { readonly bytes: number } | { readonly problem: 'must use a supported unit' | 'is not a number' };

/** What Cloud Controller appends to the name of the attribute for each fault of a byte quantity. */
export const BYTE_SIZE_COMPLAINTS = {
  'must use a supported unit': 'must use a supported unit: B, K, KB, M, MB, G, GB, T, or TB',
  'is not a number': 'is not a number',
} as const;

/** Reads `512M`, `1.5GB`, `1KiB`, `-1B`; KB, K and KiB are all 1024 bytes. */
export function parseByteSize(text: string): ByteSize {
  const quantity = BYTE_QUANTITY.exec(text.trim());
  if (quantity?.[1] === undefined || quantity[2] === undefined) {
    return { problem: /^\s*-?\d/.test(text) ? 'must use a supported unit' : 'is not a number' };
  }
  const power = UNITS.indexOf(quantity[2].charAt(0).toUpperCase());
  return { bytes: Math.trunc(Number(quantity[1]) * 1024 ** power) };
}

/** Whole MB, cut off: 1023K are 0. */
export function toMegabytes(bytes: number): number {
  return Math.trunc(bytes / 1024 ** 2);
}
