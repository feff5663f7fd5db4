import { Switch } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { StatusBadge } from '../../shared/ui/status-badge.tsx';
import type { EventDraft } from './event-draft.ts';
import classes from './event-switches.module.css';

const SWITCHES = [
  { field: 'onUpload', name: 'events.switchUpload', text: 'events.switchUploadText' },
  { field: 'onDelete', name: 'events.switchDelete', text: 'events.switchDeleteText' },
  { field: 'onPersistence', name: 'events.switchPersistence', text: 'events.switchPersistenceText' },
] as const;

export interface EventSwitchesProps {
  draft: EventDraft;
  onChange: (change: Partial<EventDraft>) => void;
}

export function EventSwitches({ draft, onChange }: EventSwitchesProps): ReactNode {
  const { t } = useTranslation();
  return (
    <ul className={classes['root']}>
      {SWITCHES.map(({ field, name, text }) => (
        <EventSwitch
          key={field}
          name={t(name)}
          text={t(text)}
          checked={draft[field]}
          onChange={(checked) => onChange({ [field]: checked })}
        />
      ))}
      <li className={classes['item']}>
        <div>
          <div className={classes['name']}>{t('events.always')}</div>
          <div className={classes['text']}>{t('events.alwaysText')}</div>
        </div>
        <span className={classes['always']}>
          <StatusBadge tone="neutral">{t('events.alwaysOn')}</StatusBadge>
        </span>
      </li>
    </ul>
  );
}

interface EventSwitchProps {
  name: string;
  text: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

function EventSwitch({ name, text, checked, onChange }: EventSwitchProps): ReactNode {
  const textId = useId();
  return (
    <li className={classes['item']}>
      <div>
        <div className={classes['name']}>{name}</div>
        <div className={classes['text']} id={textId}>
          {text}
        </div>
      </div>
      <Switch
        size="md"
        aria-label={name}
        aria-describedby={textId}
        checked={checked}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    </li>
  );
}
