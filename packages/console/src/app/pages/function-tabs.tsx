import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import classes from '../../shared/ui/page-tabs.module.css';

const TABS = [
  { to: '/functions/$name', text: 'fn.tabs.overview' },
  { to: '/functions/$name/code', text: 'fn.tabs.code' },
  { to: '/functions/$name/test', text: 'fn.tabs.test' },
  { to: '/functions/$name/logs', text: 'fn.tabs.logs' },
  { to: '/functions/$name/configuration', text: 'fn.tabs.configuration' },
  { to: '/functions/$name/versions', text: 'fn.tabs.versions' },
  { to: '/functions/$name/triggers', text: 'fn.tabs.triggers' },
] as const;

export function FunctionTabs({ name }: { name: string }): ReactNode {
  const { t } = useTranslation();
  return (
    <nav className={classes['root']} aria-label={name}>
      {TABS.map(({ to, text }) => (
        <Link
          key={to}
          to={to}
          params={{ name }}
          className={classes['tab']}
          activeOptions={{ exact: true, includeSearch: false }}
        >
          {t(text)}
        </Link>
      ))}
    </nav>
  );
}
