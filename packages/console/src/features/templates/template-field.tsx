import { FileInput, NativeSelect, NumberInput, Switch, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { StreamLadder } from './stream-ladder.tsx';
import type { Field } from './template-fields.ts';
import { textAt, valueAt, withValueAt, type Values } from './values.ts';

export interface TemplateFieldProps {
  field: Field;
  values: Values;
  /** The server's own words about this field. */
  error: string | null;
  onChange: (values: Values) => void;
}

export function TemplateField({ field, values, error, onChange }: TemplateFieldProps): ReactNode {
  const { t } = useTranslation();
  const value = valueAt(values, field.path);
  const name = field.path.split('.').at(-1) ?? field.path;
  const label = field.path.includes('Template.') ? `${field.path.split('T')[0]} ${name}` : name;
  const set = (next: unknown): void => onChange(withValueAt(values, field.path, next));
  switch (field.type) {
    case 'number':
      return (
        <NumberInput
          label={label}
          description={t('templates.range', { min: field.min, max: field.max, unit: field.unit ?? '' })}
          min={field.min}
          max={field.max}
          hideControls
          value={typeof value === 'number' ? value : ''}
          error={error}
          onChange={(next) => set(typeof next === 'number' ? next : undefined)}
        />
      );
    case 'choice':
      return (
        <NativeSelect
          label={label}
          value={textAt(values, field.path)}
          error={error}
          data={choicesOf(field.choices, value).map((choice) => ({
            value: String(choice),
            label: choice === '' ? t('common.none') : String(choice),
          }))}
          onChange={(event) =>
            set(field.choices.find((choice) => String(choice) === event.currentTarget.value))
          }
        />
      );
    case 'switch':
      return (
        <Switch
          label={name}
          checked={value === 1}
          error={error}
          onChange={(event) => set(event.currentTarget.checked ? 1 : 0)}
        />
      );
    case 'picture':
      return <PictureField error={error} onPicture={set} />;
    case 'streams':
      return <StreamLadder streams={value} error={error} onChange={set} />;
    default:
      return (
        <TextInput
          label={label}
          placeholder={field.example ?? ''}
          value={typeof value === 'string' ? value : ''}
          error={error}
          onChange={(event) => set(event.currentTarget.value)}
        />
      );
  }
}

/** A value of a preset that is copied, such as the codec `copy`, may be none of the choices. */
function choicesOf(choices: readonly (string | number)[], value: unknown): (string | number)[] {
  const isOwn = typeof value !== 'string' || choices.includes(value);
  return isOwn ? [...choices] : [value, ...choices];
}

interface PictureFieldProps {
  error: string | null;
  onPicture: (base64: string) => void;
}

function PictureField({ error, onPicture }: PictureFieldProps): ReactNode {
  const { t } = useTranslation();
  return (
    <FileInput
      label={t('templates.picture')}
      description={t('templates.pictureText')}
      accept="image/png,image/jpeg,image/gif"
      placeholder={t('upload.chooseLong')}
      error={error}
      onChange={(file) => {
        if (file !== null) void toBase64(file).then(onPicture);
      }}
    />
  );
}

async function toBase64(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCodePoint(byte)).join(''));
}
