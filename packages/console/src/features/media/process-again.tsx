import { Button, Modal } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { ProcessForm } from './process-form.tsx';

export function ProcessAgain({ fileId }: { fileId: string }): ReactNode {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        variant="default"
        size="xs"
        leftSection={<IconRefresh size={14} aria-hidden />}
        onClick={() => setOpen(true)}
      >
        {t('quickView.processAgain')}
      </Button>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title={t('quickView.processTitle')}
        size="lg"
        zIndex={300}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <ProcessForm fileId={fileId} onDone={() => setOpen(false)} />
      </Modal>
    </>
  );
}
