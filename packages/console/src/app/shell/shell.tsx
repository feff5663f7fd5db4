import { Link, Outlet } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ApplicationSwitch } from '../../features/applications/application-switch.tsx';
import { SignOutButton } from '../../features/session/sign-out-button.tsx';
import { DropZone } from '../../features/upload/drop-zone.tsx';
import { useUploads } from '../../features/upload/upload-context.ts';
import { UploadDock } from '../../features/upload/upload-dock.tsx';
import { Logo } from '../../shared/ui/logo.tsx';
import { LanguageMenu } from './language-menu.tsx';
import { LiveIndicator } from './live-indicator.tsx';
import { Navigation } from './navigation.tsx';
import classes from './shell.module.css';
import { ThemeMenu } from './theme-menu.tsx';

/** The frame around every page. Uploads run in it, so that they survive a change of page. */
export function Shell(): ReactNode {
  const { t } = useTranslation();
  const { queue } = useUploads();
  return (
    <div className={classes['root']}>
      <a className={classes['skip']} href="#content">
        {t('common.skipToContent')}
      </a>
      <header className={classes['header']}>
        <Link to="/media" className={classes['brand']} aria-label={t('header.product')}>
          <Logo size={24} />
          vodstack
        </Link>
        <div className={classes['controls']}>
          <ApplicationSwitch />
          <LiveIndicator />
          <LanguageMenu />
          <ThemeMenu />
          <SignOutButton onSignedOut={queue.reset} />
        </div>
      </header>
      <Navigation />
      <main className={classes['main']} id="content" tabIndex={-1}>
        <Outlet />
      </main>
      <DropZone />
      <UploadDock />
    </div>
  );
}
