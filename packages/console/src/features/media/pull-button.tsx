import { Button, TextInput } from '@mantine/core';
import { IconCloudDownload } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { queryKeys } from '../../shared/api/query-keys.ts';
import { useVodAction } from '../../shared/api/use-vod-action.ts';
import { DialogButton } from '../../shared/ui/dialog-button.tsx';
import { ErrorAlert } from '../../shared/ui/error-alert.tsx';
import classes from './process-again.module.css';

/** Fetches a file from an address (PullUpload); how it goes is among the tasks. */
export function PullButton(): ReactNode {
  const { t } = useTranslation();
  return (
    <DialogButton
      variant="default"
      leftSection={<IconCloudDownload size={16} aria-hidden />}
      label={t('media.pull')}
      title={t('media.pullTitle')}
    >
      {(close) => <PullForm onDone={close} />}
    </DialogButton>
  );
}

function PullForm({ onDone }: { onDone: () => void }): ReactNode {
  const { t } = useTranslation();
  const [url, setUrl] = useState('');
  const [name, setName] = useState('');
  const { mutate, isPending, error } = useVodAction({
    stale: [queryKeys.media, queryKeys.tasks],
    done: t('media.pullStarted'),
    onDone,
  });
  return (
    <form
      className={classes['root']}
      onSubmit={(event) => {
        event.preventDefault();
        const parameters = { MediaUrl: url.trim(), ...(name === '' ? {} : { MediaName: name }) };
        mutate({ action: 'PullUpload', parameters });
      }}
    >
      <TextInput
        label={t('quickView.url')}
        type="url"
        required
        placeholder="https://"
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      <TextInput
        label={t('media.pullName')}
        maxLength={64}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <ErrorAlert error={error} />
      <div className={classes['actions']}>
        <Button type="submit" loading={isPending}>
          {t('media.pullStart')}
        </Button>
      </div>
    </form>
  );
}
