import { NativeSelect, TextInput } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { useVodAction } from '../../shared/api/use-vod-action.ts';
import { DialogButton } from '../../shared/ui/dialog-button.tsx';
import { ErrorAlert } from '../../shared/ui/error-alert.tsx';
import { FormButtons } from '../../shared/ui/form-buttons.tsx';
import { classesQuery, toClassChoices } from './class-queries.ts';
import type { MediaDetail } from './media-types.ts';
import classes from './process-again.module.css';

export function EditMedia({ media }: { media: MediaDetail }): ReactNode {
  const { t } = useTranslation();
  return (
    <DialogButton
      variant="default"
      size="xs"
      leftSection={<IconPencil size={14} aria-hidden />}
      label={t('common.edit')}
      title={t('quickView.editTitle')}
    >
      {(close) => <EditForm media={media} onDone={close} />}
    </DialogButton>
  );
}

function EditForm({ media, onDone }: { media: MediaDetail; onDone: () => void }): ReactNode {
  const { t } = useTranslation();
  const { data = [] } = useQuery(classesQuery(useApi()));
  const [name, setName] = useState(media.name);
  const [tags, setTags] = useState(media.tags.join(', '));
  const [classId, setClassId] = useState(media.classId);
  const { mutate, isPending, error } = useVodAction({
    stale: [queryKeys.media],
    done: t('quickView.edited'),
    onDone,
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const change = changeTags(media.tags, parseTags(tags));
    mutate({
      action: 'ModifyMediaInfo',
      parameters: { FileId: media.fileId, Name: name, ClassId: classId, ...change },
    });
  };
  return (
    <form className={classes['root']} onSubmit={submit}>
      <TextInput
        label={t('media.name')}
        required
        maxLength={64}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label={t('quickView.tags')}
        description={t('quickView.tagsText')}
        value={tags}
        onChange={(event) => setTags(event.currentTarget.value)}
      />
      <NativeSelect
        label={t('media.class')}
        value={String(classId)}
        data={toClassChoices(data)}
        onChange={(event) => setClassId(Number(event.currentTarget.value))}
      />
      <ErrorAlert error={error} />
      <FormButtons submit={t('common.save')} isPending={isPending} onCancel={onDone} />
    </form>
  );
}

/** Written with commas between them, as in a sentence: the Chinese one counts too. */
export function parseTags(written: string): string[] {
  const tags = written.split(/[,，]/).map((tag) => tag.trim());
  return [...new Set(tags.filter((tag) => tag !== ''))];
}

/** What the API has to be told to get from the one to the other. */
export function changeTags(
  before: readonly string[],
  after: readonly string[],
): { AddTags?: string[]; DeleteTags?: string[] } {
  const added = after.filter((tag) => !before.includes(tag));
  const removed = before.filter((tag) => !after.includes(tag));
  return {
    ...(added.length === 0 ? {} : { AddTags: added }),
    ...(removed.length === 0 ? {} : { DeleteTags: removed }),
  };
}
