import { Button, Checkbox, Modal } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { definitionLabel } from '../../shared/format/preset.ts';
import { useErrorText } from '../../shared/ui/error-text.ts';
import { notifyError, notifySuccess } from '../../shared/ui/notify.ts';
import { processMedia } from './media-queries.ts';
import classes from './process-again.module.css';

const OFFERED = [100010, 100020, 100030, 100040] as const;
/** What the receiver asks for after an upload. */
const USUAL: readonly number[] = [100010, 100020];

export function ProcessAgain({ fileId }: { fileId: string }): ReactNode {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconRefresh size={14} aria-hidden />}
        onClick={() => setOpen(true)}
      >
        {t('quickView.processAgain')}
      </Button>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title={t('quickView.processTitle')}
        zIndex={300}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <ProcessForm fileId={fileId} onDone={() => setOpen(false)} />
      </Modal>
    </>
  );
}

function ProcessForm({ fileId, onDone }: { fileId: string; onDone: () => void }): ReactNode {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState(USUAL);
  const { mutate, isPending } = useProcessMedia(fileId, onDone);
  const toggle = (definition: number, on: boolean): void =>
    setChosen(OFFERED.filter((entry) => (entry === definition ? on : chosen.includes(entry))));
  return (
    <div className={classes['root']}>
      <p className={classes['text']}>{t('quickView.processText')}</p>
      {OFFERED.map((definition) => (
        <Checkbox
          key={definition}
          label={definitionLabel(definition)}
          checked={chosen.includes(definition)}
          onChange={(event) => toggle(definition, event.currentTarget.checked)}
        />
      ))}
      <div className={classes['actions']}>
        <Button variant="default" onClick={onDone}>
          {t('common.cancel')}
        </Button>
        <Button disabled={chosen.length === 0} loading={isPending} onClick={() => mutate(chosen)}>
          {t('quickView.processStart')}
        </Button>
      </div>
    </div>
  );
}

function useProcessMedia(fileId: string, onDone: () => void) {
  const { t } = useTranslation();
  const api = useApi();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  return useMutation({
    mutationFn: (definitions: readonly number[]) => processMedia(api, fileId, definitions),
    onSuccess: (taskId) => {
      notifySuccess(t('quickView.processStarted', { taskId }));
      void queryClient.invalidateQueries({ queryKey: queryKeys.media });
      onDone();
    },
    onError: (error) => notifyError(t('quickView.processFailed'), errorText(error)),
  });
}
