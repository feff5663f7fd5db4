import { Alert, Button, Modal, TextInput } from '@mantine/core';
import { IconCloudDownload } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { queryKeys } from '../../shared/api/query-keys.ts';
import { useVodAction } from '../../shared/api/use-vod-action.ts';
import { useErrorText } from '../../shared/ui/error-text.ts';
import classes from './process-again.module.css';

/** Fetches a file from an address (PullUpload); how it goes is among the tasks. */
export function PullButton(): ReactNode {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconCloudDownload size={16} aria-hidden />}
        onClick={() => setOpen(true)}
      >
        {t('media.pull')}
      </Button>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title={t('media.pullTitle')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <PullForm onDone={() => setOpen(false)} />
      </Modal>
    </>
  );
}

function PullForm({ onDone }: { onDone: () => void }): ReactNode {
  const { t } = useTranslation();
  const errorText = useErrorText();
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
      {error === null ? null : (
        <Alert color="red" role="alert">
          {errorText(error)}
        </Alert>
      )}
      <div className={classes['actions']}>
        <Button type="submit" loading={isPending}>
          {t('media.pullStart')}
        </Button>
      </div>
    </form>
  );
}
