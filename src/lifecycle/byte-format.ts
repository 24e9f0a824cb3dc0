const UNITS = 'BKMGT';

/** As the platform prints sizes: base 1024, one decimal, `.0` dropped: `33.2M`, `224B`, `1K`. Source: bytefmt bytes.go. */
export function formatByteSize(bytes: number): string {
  if (bytes <= 0) return '0B';
  const power = UNITS.split('').findLastIndex((_, index) => bytes >= 1024 ** index);
  const unit = Math.max(power, 0);
  return `${(bytes / 1024 ** unit).toFixed(1).replace(/\.0$/, '')}${UNITS.charAt(unit)}`;
}
