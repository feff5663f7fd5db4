import { Alert, Button, Drawer, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { queryKeys } from '../../shared/api/query-keys.ts';
import { useVodAction } from '../../shared/api/use-vod-action.ts';
import { TEMPLATE_KINDS, type TemplateKind } from '../../shared/templates/template-kinds.ts';
import type { Template } from '../../shared/templates/template-queries.ts';
import { useErrorText } from '../../shared/ui/error-text.ts';
import { TemplateField } from './template-field.tsx';
import { DEFAULTS, FIELDS, toDraft, toRequest } from './template-fields.ts';
import classes from './template-form.module.css';
import { pathOfError, textAt, withValueAt, type Values } from './values.ts';

export interface TemplateFormProps {
  kind: TemplateKind;
  /** Whose values the form starts with; null for a new one. */
  template: Template | null;
  /** A new one with the values of the template. */
  isCopy: boolean;
  onClose: () => void;
}

export function TemplateForm({ kind, template, isCopy, onClose }: TemplateFormProps): ReactNode {
  const { t } = useTranslation();
  const isNew = template === null || isCopy;
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="min(560px, 100vw)"
      title={isNew ? t('templates.new') : t('templates.edit', { definition: template.definition })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      overlayProps={{ backgroundOpacity: 0.35 }}
    >
      <Form kind={kind} template={template} isCopy={isCopy} onClose={onClose} />
    </Drawer>
  );
}

function Form({ kind, template, isCopy, onClose }: TemplateFormProps): ReactNode {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<Values>(
    template === null ? DEFAULTS[kind] : toDraft(kind, template.wire),
  );
  const { submit, isPending, errorAt, otherError } = useSubmit({ kind, template, isCopy, draft, onClose });
  const fields = FIELDS[kind].filter(({ when }) => when?.(draft) ?? true);
  const knownPaths = ['Name', 'Comment', ...fields.map(({ path }) => path)];
  return (
    <form className={classes['root']} onSubmit={submit} noValidate>
      {['Name', 'Comment'].map((path) => (
        <TextInput
          key={path}
          label={path}
          maxLength={path === 'Name' ? 64 : 256}
          value={textAt(draft, path)}
          error={errorAt(path)}
          onChange={(event) => setDraft(withValueAt(draft, path, event.currentTarget.value))}
        />
      ))}
      <div className={classes['fields']}>
        {fields.map((field) => (
          <TemplateField
            key={field.path}
            field={field}
            values={draft}
            error={errorAt(field.path)}
            onChange={setDraft}
          />
        ))}
      </div>
      {otherError(knownPaths) === null ? null : (
        <Alert color="red" role="alert" title={t('templates.refused')}>
          {otherError(knownPaths)}
        </Alert>
      )}
      <div className={classes['actions']}>
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button type="submit" loading={isPending}>
          {t('common.save')}
        </Button>
      </div>
    </form>
  );
}

function useSubmit({ kind, template, isCopy, draft, onClose }: TemplateFormProps & { draft: Values }): {
  submit: (event: FormEvent) => void;
  isPending: boolean;
  errorAt: (path: string) => string | null;
  /** What is about none of these fields. */
  otherError: (paths: readonly string[]) => string | null;
} {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const { mutate, isPending, error } = useVodAction({
    stale: [queryKeys.templates],
    done: t('templates.saved'),
    onDone: onClose,
  });
  const path = error === null ? undefined : pathOfError(error.message);
  // A stream's field is shown with the ladder that it stands in.
  const isAbout = (known: string): boolean => path === known || path?.startsWith(`${known}.`) === true;
  const { noun } = TEMPLATE_KINDS[kind];
  return {
    isPending,
    errorAt: (known) => (error !== null && isAbout(known) ? errorText(error) : null),
    otherError: (paths) => (error !== null && !paths.some(isAbout) ? errorText(error) : null),
    submit(event) {
      event.preventDefault();
      const isNew = template === null || isCopy;
      const own = isNew ? {} : { Definition: template.definition };
      mutate({
        action: `${isNew ? 'Create' : 'Modify'}${noun}`,
        parameters: { ...own, ...toRequest(kind, draft) },
      });
    },
  };
}
