import { IconCloudUpload } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import classes from './first-run.module.css';

const STEPS = [1, 2, 3, 4, 5] as const;

/** The page before the first upload: where to drop, and what will happen then. */
export function FirstRun({ uploadButton }: { uploadButton: ReactNode }): ReactNode {
  const { t } = useTranslation();
  return (
    <div>
      <div className={classes['drop']}>
        <IconCloudUpload className={classes['icon']} size={40} stroke={1.5} aria-hidden />
        <h2 className={classes['title']}>{t('media.empty.title')}</h2>
        <p className={classes['text']}>{t('media.empty.text')}</p>
        {uploadButton}
      </div>
      <div className={classes['flow']}>
        <h2 className={classes['heading']}>{t('media.empty.flow')}</h2>
        <ol className={classes['steps']}>
          {STEPS.map((step) => (
            <li className={classes['step']} key={step}>
              <span className={classes['number']} aria-hidden>
                {step}
              </span>
              <p className={classes['stepTitle']}>{t(`media.empty.step${step}`)}</p>
              <p className={classes['stepText']}>{t(`media.empty.step${step}Text`)}</p>
            </li>
          ))}
        </ol>
        <p className={classes['check']}>
          <Link to="/events/settings">{t('media.empty.check')}</Link>
        </p>
      </div>
    </div>
  );
}
