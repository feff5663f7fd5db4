import { ActionIcon, Button, NumberInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { isRecord } from '../../shared/api/decode.ts';
import { streamOf } from './template-fields.ts';
import classes from './template-form.module.css';
import { valueAt, withValueAt, type Values } from './values.ts';

const MAX_STREAMS = 10;
const CELLS = [
  { path: 'Video.Height', max: 8192 },
  { path: 'Video.Bitrate', max: 100_000 },
  { path: 'Video.Fps', max: 100 },
  { path: 'Audio.Bitrate', max: 256 },
] as const;

export interface StreamLadderProps {
  streams: unknown;
  error: string | null;
  onChange: (streams: readonly Values[]) => void;
}

/** The levels of an adaptive stream. */
export function StreamLadder({ streams, error, onChange }: StreamLadderProps): ReactNode {
  const { t } = useTranslation();
  const levels = Array.isArray(streams) ? streams.filter(isRecord) : [];
  const replace = (index: number, level: Values): void =>
    onChange(levels.map((other, position) => (position === index ? level : other)));
  return (
    <fieldset className={classes['ladder']}>
      <legend>{t('templates.ladder')}</legend>
      {levels.map((level, index) => (
        <div className={classes['level']} key={index}>
          {CELLS.map(({ path, max }) => (
            <NumberInput
              key={path}
              size="xs"
              hideControls
              label={path.replace('.', ' ')}
              aria-label={`${index + 1}: ${path}`}
              min={0}
              max={max}
              value={Number(valueAt(level, path) ?? 0)}
              onChange={(next) => replace(index, withValueAt(level, path, Number(next)))}
            />
          ))}
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('templates.removeLevel', { number: index + 1 })}
            disabled={levels.length === 1}
            onClick={() => onChange(levels.filter((_, position) => position !== index))}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      {error === null ? null : <p className={classes['error']}>{error}</p>}
      <Button
        variant="default"
        size="compact-xs"
        leftSection={<IconPlus size={12} aria-hidden />}
        disabled={levels.length >= MAX_STREAMS}
        onClick={() => onChange([...levels, streamOf(1080, 2500)])}
      >
        {t('templates.addLevel')}
      </Button>
    </fieldset>
  );
}
