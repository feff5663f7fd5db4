import { Button, Modal, type ButtonProps, type MantineSize } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

export interface DialogButtonProps extends Pick<ButtonProps, 'size' | 'variant' | 'leftSection'> {
  label: string;
  title: string;
  dialogSize?: MantineSize;
  /** What stands in the dialog; begins anew each time that it opens. */
  children: (close: () => void) => ReactNode;
}

/** A button and the dialog that it opens, above drawers too. */
export function DialogButton({ label, title, dialogSize, children, ...looks }: DialogButtonProps): ReactNode {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  return (
    <>
      <Button {...looks} onClick={() => setOpen(true)}>
        {label}
      </Button>
      <Modal
        opened={open}
        onClose={close}
        title={title}
        {...(dialogSize === undefined ? {} : { size: dialogSize })}
        zIndex={300}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        {children(close)}
      </Modal>
    </>
  );
}
