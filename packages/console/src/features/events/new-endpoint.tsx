import { Checkbox, TextInput } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { FormButtons } from '../../shared/ui/form-buttons.tsx';
import { DialogButton } from '../../shared/ui/dialog-button.tsx';
import { useErrorText } from '../../shared/ui/error-text.ts';
import { endpointWithSecret } from './endpoint-queries.ts';
import { EndpointSecret } from './endpoint-secret.tsx';
import classes from './event-list.module.css';
import { EVENT_TYPES } from './event-types-list.ts';

export function NewEndpoint(): ReactNode {
  const { t } = useTranslation();
  return (
    <DialogButton
      leftSection={<IconPlus size={16} aria-hidden />}
      label={t('endpoints.add')}
      title={t('endpoints.add')}
      dialogSize="lg"
    >
      {(close) => <EndpointForm onClose={close} />}
    </DialogButton>
  );
}

interface Draft {
  url: string;
  name: string;
  eventTypes: string[];
  fileIds: string;
  classIds: string;
}

const EMPTY: Draft = { url: '', name: '', eventTypes: [], fileIds: '', classIds: '' };

function EndpointForm({ onClose }: { onClose: () => void }): ReactNode {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const [draft, setDraft] = useState(EMPTY);
  const { data, mutate, isPending, error } = useAdd();
  const change = (more: Partial<Draft>): void => setDraft({ ...draft, ...more });
  if (data !== undefined) return <EndpointSecret secret={data.secret} onClose={onClose} />;
  return (
    <form
      className={classes['form']}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        mutate(draft);
      }}
    >
      <TextInput
        label="URL"
        placeholder="https://"
        inputMode="url"
        spellCheck={false}
        maxLength={2048}
        value={draft.url}
        error={error === null ? null : errorText(error)}
        onChange={(event) => change({ url: event.currentTarget.value.trim() })}
      />
      <TextInput
        label={t('endpoints.name')}
        maxLength={100}
        value={draft.name}
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      <Checkbox.Group
        label={t('endpoints.types')}
        description={t('endpoints.typesText')}
        value={draft.eventTypes}
        onChange={(eventTypes) => change({ eventTypes })}
      >
        <div className={classes['types']}>
          {EVENT_TYPES.map((type) => (
            <Checkbox key={type} size="xs" value={type} label={type} />
          ))}
        </div>
      </Checkbox.Group>
      <div className={classes['pair']}>
        <TextInput
          label={t('endpoints.fileIds')}
          description={t('endpoints.commas')}
          value={draft.fileIds}
          onChange={(event) => change({ fileIds: event.currentTarget.value })}
        />
        <TextInput
          label={t('endpoints.classIds')}
          description={t('endpoints.commas')}
          value={draft.classIds}
          onChange={(event) => change({ classIds: event.currentTarget.value })}
        />
      </div>
      <FormButtons submit={t('common.create')} isPending={isPending} onCancel={onClose} />
    </form>
  );
}

function useAdd() {
  const api = useApi();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ url, name, eventTypes, fileIds, classIds }: Draft) => {
      const body = {
        url,
        ...(name === '' ? {} : { name }),
        ...(eventTypes.length === 0 ? {} : { eventTypes }),
        ...(toWords(fileIds).length === 0 ? {} : { fileIds: toWords(fileIds) }),
        ...(toWords(classIds).length === 0 ? {} : { classIds: toWords(classIds).map(Number) }),
      };
      return api.request('/endpoints', endpointWithSecret, { method: 'POST', body });
    },
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: queryKeys.endpoints }),
    gcTime: 0,
  });
}

/** What stands between commas and blanks. */
export function toWords(content: string): string[] {
  return content.split(/[\s,，]+/).filter((word) => word !== '');
}
