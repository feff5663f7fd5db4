import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconEye, IconEyeOff, IconPlus, IconTrash } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { Section } from '../../shared/ui/section.tsx';
import type { Variable } from './configuration-draft.ts';
import classes from './function-detail.module.css';

export interface EnvironmentVariablesProps {
  variables: readonly Variable[];
  error: string | null;
  onChange: (variables: readonly Variable[]) => void;
}

/** Names, and values that are hidden until they are asked for: there are secrets among them. */
export function EnvironmentVariables({ variables, error, onChange }: EnvironmentVariablesProps): ReactNode {
  const { t } = useTranslation();
  const [isShown, setShown] = useState(false);
  const replace = (index: number, more: Partial<Variable>): void =>
    onChange(variables.map((each, at) => (at === index ? { ...each, ...more } : each)));
  return (
    <Section
      title={t('fn.config.variables')}
      text={t('fn.config.variablesText')}
      actions={
        <Button
          size="compact-sm"
          variant="default"
          leftSection={isShown ? <IconEyeOff size={14} aria-hidden /> : <IconEye size={14} aria-hidden />}
          onClick={() => setShown(!isShown)}
        >
          {isShown ? t('fn.config.hide') : t('fn.config.show')}
        </Button>
      }
    >
      <div className={classes['form']}>
        {variables.length === 0 ? <p className={classes['note']}>{t('fn.config.noVariables')}</p> : null}
        <ul className={classes['variables']}>
          {variables.map(({ Key, Value }, index) => (
            <li className={classes['variable']} key={index}>
              <TextInput
                aria-label={`${t('fn.config.name')} ${index + 1}`}
                placeholder={t('fn.config.name')}
                spellCheck={false}
                value={Key}
                onChange={(event) => replace(index, { Key: event.currentTarget.value })}
              />
              <TextInput
                aria-label={`${t('fn.config.value')} ${index + 1}`}
                type={isShown ? 'text' : 'password'}
                autoComplete="off"
                spellCheck={false}
                value={Value}
                onChange={(event) => replace(index, { Value: event.currentTarget.value })}
              />
              <ActionIcon
                size="lg"
                variant="subtle"
                color="gray"
                aria-label={t('fn.config.remove', { name: Key })}
                onClick={() => onChange(variables.filter((_, at) => at !== index))}
              >
                <IconTrash size={16} aria-hidden />
              </ActionIcon>
            </li>
          ))}
        </ul>
        {error === null ? null : (
          <p className={classes['error']} role="alert">
            {error}
          </p>
        )}
        <div>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => onChange([...variables, { Key: '', Value: '' }])}
          >
            {t('fn.config.add')}
          </Button>
        </div>
      </div>
    </Section>
  );
}
