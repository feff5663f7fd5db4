import {
  IconBell,
  IconFunction,
  IconListCheck,
  IconMovie,
  IconServer,
  IconTemplate,
  IconUserCircle,
  type Icon,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useVersion } from '../../features/session/use-session.ts';
import classes from './shell.module.css';

const ENTRIES = [
  { to: '/media', name: 'nav.media', icon: IconMovie },
  { to: '/tasks', name: 'nav.tasks', icon: IconListCheck },
  { to: '/events', name: 'nav.events', icon: IconBell },
  { to: '/templates', name: 'nav.templates', icon: IconTemplate },
  { to: '/functions', name: 'nav.functions', icon: IconFunction },
  { to: '/system', name: 'nav.system', icon: IconServer },
  { to: '/account', name: 'nav.account', icon: IconUserCircle },
] as const satisfies readonly { to: string; name: string; icon: Icon }[];

export function Navigation(): ReactNode {
  const { t } = useTranslation();
  const version = useVersion();
  return (
    <nav className={classes['nav']} aria-label={t('nav.label')}>
      <ul className={classes['links']}>
        {ENTRIES.map(({ to, name, icon: EntryIcon }) => (
          <li key={to}>
            <Link to={to} className={classes['link']} activeOptions={{ includeSearch: false }}>
              <EntryIcon size={19} stroke={1.7} aria-hidden />
              <span className={classes['name']}>{t(name)}</span>
            </Link>
          </li>
        ))}
      </ul>
      {version === '' ? null : <div className={classes['version']}>{t('nav.version', { version })}</div>}
    </nav>
  );
}
