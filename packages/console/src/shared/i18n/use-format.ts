import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

import { formatBitrate, formatBytes } from '../format/bytes.ts';
import { formatElapsed, formatRemaining } from '../format/duration.ts';
import { formatClock, formatDaySecond, formatDayTime, formatFullTime } from '../format/time.ts';
import { isLanguage, LANGUAGE_NAMES } from './language.ts';

/** The formatters, bound to the language in use. */
export interface Format {
  bytes: (bytes: number) => string;
  bitrate: (bitsPerSec: number) => string;
  elapsed: (elapsedMs: number) => string;
  remaining: (remainingSec: number) => string;
  dayTime: (iso: string) => string;
  daySecond: (iso: string) => string;
  clock: (iso: string) => string;
  fullTime: (iso: string) => string;
}

export function useFormat(): Format {
  const { i18n } = useTranslation();
  return useMemo(() => createFormat(isLanguage(i18n.language) ? i18n.language : 'en'), [i18n.language]);
}

function createFormat(language: keyof typeof LANGUAGE_NAMES): Format {
  const locale = LANGUAGE_NAMES[language].tag;
  return {
    bytes: (bytes) => formatBytes(bytes, locale),
    bitrate: (bitsPerSec) => formatBitrate(bitsPerSec, locale),
    elapsed: (elapsedMs) => formatElapsed(elapsedMs, locale),
    remaining: (remainingSec) => formatRemaining(remainingSec, locale),
    dayTime: (iso) => formatDayTime(iso, new Date(), { locale }),
    daySecond: (iso) => formatDaySecond(iso, { locale }),
    clock: (iso) => formatClock(iso, { locale }),
    fullTime: (iso) => formatFullTime(iso, { locale }),
  };
}
