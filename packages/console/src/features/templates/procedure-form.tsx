import { Button, Drawer, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { queryKeys } from '../../shared/api/query-keys.ts';
import { useVodAction } from '../../shared/api/use-vod-action.ts';
import type { Procedure } from '../../shared/templates/template-queries.ts';
import { WorkPicker } from '../../shared/templates/work-picker.tsx';
import { summarize, withoutEmpty, type Work } from '../../shared/templates/work.ts';
import { ErrorAlert } from '../../shared/ui/error-alert.tsx';
import classes from './template-form.module.css';

export interface ProcedureFormProps {
  /** Null for a new one. */
  procedure: Procedure | null;
  onClose: () => void;
}

export function ProcedureForm({ procedure, onClose }: ProcedureFormProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="min(640px, 100vw)"
      title={procedure === null ? t('procedures.new') : procedure.Name}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      overlayProps={{ backgroundOpacity: 0.35 }}
    >
      <Form procedure={procedure} onClose={onClose} />
    </Drawer>
  );
}

function Form({ procedure, onClose }: ProcedureFormProps): ReactNode {
  const { t } = useTranslation();
  const [name, setName] = useState(procedure?.Name ?? '');
  const [comment, setComment] = useState(procedure?.Comment ?? '');
  const [work, setWork] = useState<Work>(procedure?.MediaProcessTask ?? {});
  const { mutate, isPending, error } = useVodAction({
    stale: [queryKeys.procedures],
    done: t('procedures.saved'),
    onDone: onClose,
  });
  return (
    <form
      className={classes['root']}
      onSubmit={(event) => {
        event.preventDefault();
        mutate({
          action: procedure === null ? 'CreateProcedureTemplate' : 'ResetProcedureTemplate',
          parameters: { Name: name, Comment: comment, MediaProcessTask: withoutEmpty(work) },
        });
      }}
    >
      <TextInput
        label={t('media.name')}
        required
        maxLength={20}
        readOnly={procedure !== null}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label={t('procedures.comment')}
        maxLength={256}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
      <WorkPicker work={work} onChange={setWork} />
      <ErrorAlert error={error} title={t('templates.refused')} />
      <div className={classes['actions']}>
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" loading={isPending} disabled={name === '' || summarize(work).length === 0}>
          {t('common.save')}
        </Button>
      </div>
    </form>
  );
}
