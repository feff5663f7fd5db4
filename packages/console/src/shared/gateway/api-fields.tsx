import { Checkbox, NativeSelect, NumberInput, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ENVIRONMENTS, METHODS, type ApiDraft } from './api-draft.ts';
import classes from './api-fields.module.css';

export interface ApiFieldsProps {
  draft: ApiDraft;
  onChange: (change: Partial<ApiDraft>) => void;
}

/** What an API is made of: address, how the function is called, who may call. */
export function ApiFields({ draft, onChange }: ApiFieldsProps): ReactNode {
  const { t } = useTranslation();
  const flags = [
    ['isIntegrated', t('gateway.integrated')],
    ['hasCors', t('gateway.cors')],
    ['isBase64', t('gateway.base64')],
  ] as const;
  return (
    <>
      <TextInput
        label={t('gateway.path')}
        description={t('gateway.pathText')}
        spellCheck={false}
        maxLength={256}
        value={draft.path}
        onChange={(event) => onChange({ path: event.currentTarget.value.trim() })}
      />
      <div className={classes['pair']}>
        <NativeSelect
          label={t('gateway.method')}
          value={draft.method}
          data={[...METHODS]}
          onChange={(event) => onChange({ method: event.currentTarget.value })}
        />
        <NativeSelect
          label={t('gateway.environment')}
          value={draft.environment}
          data={ENVIRONMENTS.map((value) => ({ value, label: t(`gateway.environments.${value}`) }))}
          onChange={(event) => onChange({ environment: event.currentTarget.value })}
        />
      </div>
      <TextInput
        label={t('gateway.service')}
        description={t('gateway.serviceText')}
        maxLength={50}
        value={draft.service}
        onChange={(event) => onChange({ service: event.currentTarget.value.trim() })}
      />
      <div className={classes['flags']}>
        {flags.map(([name, label]) => (
          <Checkbox
            key={name}
            size="xs"
            label={label}
            checked={draft[name]}
            onChange={(event) => onChange({ [name]: event.currentTarget.checked })}
          />
        ))}
      </div>
      <div className={classes['pair']}>
        <NumberInput
          label={t('gateway.timeout')}
          description={t('gateway.timeoutDefault')}
          min={1}
          max={1800}
          allowDecimal={false}
          value={draft.timeoutSec}
          onChange={(timeoutSec) => onChange({ timeoutSec })}
        />
        <NumberInput
          label={t('gateway.rate')}
          min={1}
          allowDecimal={false}
          value={draft.rate}
          onChange={(rate) => onChange({ rate })}
        />
      </div>
      <TextInput
        label={t('gateway.key')}
        maxLength={50}
        value={draft.keyName}
        onChange={(event) => onChange({ keyName: event.currentTarget.value.trim() })}
      />
    </>
  );
}
