import { Button } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useUploads } from './upload-context.ts';

/** Opens the file dialog. @param size `sm` on a page's header, `md` in the empty page. */
export function UploadButton({ size = 'sm' }: { size?: 'sm' | 'md' }): ReactNode {
  const { t } = useTranslation();
  const { queue } = useUploads();
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button
        size={size}
        leftSection={<IconUpload size={16} aria-hidden />}
        onClick={() => input.current?.click()}
      >
        {size === 'md' ? t('upload.chooseLong') : t('upload.choose')}
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={t('upload.chooseLong')}
        accept="video/*,audio/*,image/*,.mkv,.flv,.ts,.m4a,.wmv,.rmvb"
        onChange={(event) => {
          queue.add([...(event.currentTarget.files ?? [])]);
          // So that the same file can be chosen again.
          event.currentTarget.value = '';
        }}
      />
    </>
  );
}
