/** Running time of a medium: `0:05`, `12:34`, `1:02:03`. */
export function formatDuration(durationSec: number): string {
  const total = Math.max(0, Math.round(durationSec));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = String(total % 60).padStart(2, '0');
  if (hours === 0) return `${minutes}:${seconds}`;
  return `${hours}:${String(minutes).padStart(2, '0')}:${seconds}`;
}

/** How long something took, with the unit's name in the locale: `850ms`, `1.2s`, `2m 5s`. */
export function formatElapsed(elapsedMs: number, locale: string): string {
  if (elapsedMs < 999.5) return unit(elapsedMs, 'millisecond', locale, 0);
  if (elapsedMs < 59_950) return unit(elapsedMs / 1000, 'second', locale, 1);
  return formatCoarse(Math.round(elapsedMs / 1000), locale);
}

/** A remaining time for people, in whole seconds or coarser: `8s`, `2m 5s`, `3h 10m`. */
export function formatRemaining(remainingSec: number, locale: string): string {
  const total = Math.max(1, Math.ceil(remainingSec));
  return total < 60 ? unit(total, 'second', locale, 0) : formatCoarse(total, locale);
}

function formatCoarse(totalSec: number, locale: string): string {
  const [large, small, factor] =
    totalSec < 3600 ? (['minute', 'second', 60] as const) : (['hour', 'minute', 3600] as const);
  const first = Math.floor(totalSec / factor);
  const second = Math.floor((totalSec % factor) / (factor / 60));
  const head = unit(first, large, locale, 0);
  return second === 0 ? head : `${head} ${unit(second, small, locale, 0)}`;
}

function unit(value: number, name: string, locale: string, fractionDigits: number): string {
  return new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: name,
    // The narrow Chinese names mix "ms" with characters.
    unitDisplay: locale.startsWith('zh') ? 'short' : 'narrow',
    maximumFractionDigits: fractionDigits,
  }).format(value);
}
