import { Button } from '@mantine/core';
import { useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { notifyError } from '../../shared/ui/notify.ts';
import { askForFile } from './file-handle.ts';
import type { UploadItem } from './upload-item.ts';
import type { UploadQueue } from './upload-queue.ts';

/** Goes on with a paused upload: with the file that the browser remembers, else with one that the person chooses. */
export function ResumeButton({ item, queue }: { item: UploadItem; queue: UploadQueue<File> }): ReactNode {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const { id, name } = item;
  const take = (file: File): void => {
    if (!queue.supply(id, file)) notifyError(t('upload.panel'), t('upload.anotherFile', { name }));
  };
  const ask = async (): Promise<void> => {
    const record = queue.recordOf(id);
    const file = record === null ? null : await askForFile(record);
    if (file === null) input.current?.click();
    else take(file);
  };
  return (
    <>
      <Button size="compact-xs" variant="light" onClick={() => void ask()}>
        {t('upload.resume')}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={t('upload.resumeNamed', { name })}
        onChange={({ currentTarget }) => {
          const file = currentTarget.files?.[0];
          if (file !== undefined) take(file);
          currentTarget.value = '';
        }}
      />
    </>
  );
}
