import { IconCloudUpload } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { notifyError } from '../../shared/ui/notify.ts';
import classes from './drop-zone.module.css';
import { useUploads } from './upload-context.ts';
import { useFileDrop } from './use-file-drop.ts';

/** The whole window takes files; while some hover over it, it says so. */
export function DropZone(): ReactNode {
  const { t } = useTranslation();
  const { queue } = useUploads();
  const hovering = useFileDrop(({ files, handles, folders }) => {
    void handles.then((known) => queue.add(files, known));
    if (folders > 0) notifyError(t('upload.panel'), t('upload.errors.folder'));
  });
  if (!hovering) return null;
  return (
    <div className={classes['root']} aria-hidden>
      <div className={classes['frame']}>
        <IconCloudUpload size={44} stroke={1.5} aria-hidden />
        <div className={classes['title']}>{t('upload.dropTitle')}</div>
        <div className={classes['text']}>{t('upload.dropText')}</div>
      </div>
    </div>
  );
}
