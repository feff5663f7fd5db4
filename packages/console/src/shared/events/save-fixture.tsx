import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { saveFile } from '../ui/save-file.ts';
import type { EventView } from './event-types.ts';

/** Keeps the message as it was sent, for a test of a receiver. */
export function SaveFixture({ event }: { event: EventView }): ReactNode {
  const { t } = useTranslation();
  const { type, eventId, payload, attempts } = event;
  return (
    <Button
      variant="default"
      size="compact-xs"
      leftSection={<IconDownload size={12} aria-hidden />}
      onClick={() => saveFile(`${type}-${eventId}.json`, attempts.at(-1)?.requestBody ?? payload)}
    >
      {t('deliveries.saveFixture')}
    </Button>
  );
}
