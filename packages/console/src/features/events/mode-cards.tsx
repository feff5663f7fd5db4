import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import type { CallbackMode } from './event-config.ts';
import classes from './mode-cards.module.css';

const MODES = [
  { mode: 'PUSH', name: 'events.push', hint: 'events.pushHint', text: 'events.pushText' },
  { mode: 'PULL', name: 'events.pull', hint: 'events.pullHint', text: 'events.pullText' },
] as const;

export function ModeCards({
  value,
  onChange,
}: {
  value: CallbackMode;
  onChange: (mode: CallbackMode) => void;
}): ReactNode {
  const { t } = useTranslation();
  return (
    <fieldset className={classes['root']} aria-label={t('events.mode')}>
      {MODES.map(({ mode, name, hint, text }) => (
        <label className={classes['card']} key={mode}>
          <input
            className={classes['radio']}
            type="radio"
            name="mode"
            checked={value === mode}
            onChange={() => onChange(mode)}
          />
          <span className={classes['name']}>
            {t(name)} <span className={classes['wire']}>{t(hint)}</span>
          </span>
          <span className={classes['text']}>{t(text)}</span>
        </label>
      ))}
    </fieldset>
  );
}
