import { IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { DialogButton } from '../../shared/ui/dialog-button.tsx';
import { ProcessForm } from './process-form.tsx';

export function ProcessAgain({ fileId }: { fileId: string }): ReactNode {
  const { t } = useTranslation();
  return (
    <DialogButton
      variant="default"
      size="xs"
      leftSection={<IconRefresh size={14} aria-hidden />}
      label={t('quickView.processAgain')}
      title={t('quickView.processTitle')}
      dialogSize="lg"
    >
      {(close) => <ProcessForm fileId={fileId} onDone={close} />}
    </DialogButton>
  );
}
