import { ActionIcon, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useCopy } from './use-copy.ts';

/** @param what names the value for those who do not see the button's place, e.g. `FileId`. */
export function CopyButton({ value, what }: { value: string; what: string }): ReactNode {
  const { t } = useTranslation();
  const { copied, copy } = useCopy(value);
  return (
    <Tooltip label={copied ? t('common.copied') : t('common.copy')} openDelay={300}>
      <ActionIcon
        size="sm"
        variant="subtle"
        color={copied ? 'teal' : 'gray'}
        aria-label={copied ? t('common.copied') : t('common.copyNamed', { what })}
        onClick={copy}
      >
        {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
      </ActionIcon>
    </Tooltip>
  );
}
