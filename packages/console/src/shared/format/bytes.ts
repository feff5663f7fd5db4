const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** Bytes in decimal units with at most three significant digits: 1 536 → `1.54 KB`. */
export function formatBytes(bytes: number, locale: string): string {
  let value = bytes;
  let unit = 0;
  // 999.5 would round to "1000 KB".
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 }).format(value);
  return `${digits} ${UNITS[unit]}`;
}

/** Bits per second: 385 000 → `385 kbps`. */
export function formatBitrate(bitsPerSec: number, locale: string): string {
  const number = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
  if (bitsPerSec < 1_000_000) return `${number.format(bitsPerSec / 1000)} kbps`;
  return `${number.format(bitsPerSec / 1_000_000)} Mbps`;
}
