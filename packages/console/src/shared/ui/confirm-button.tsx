import { Button, Modal, type ButtonProps } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import classes from './confirm-button.module.css';

export interface ConfirmButtonProps extends Pick<ButtonProps, 'size' | 'leftSection'> {
  label: string;
  title: string;
  text: ReactNode;
  onConfirm: () => void;
  loading?: boolean;
}

/** A button for what cannot be taken back: it asks first. */
export function ConfirmButton({
  label,
  title,
  text,
  onConfirm,
  loading = false,
  ...looks
}: ConfirmButtonProps): ReactNode {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" loading={loading} onClick={() => setOpen(true)} {...looks}>
        {label}
      </Button>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title={title}
        zIndex={300}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <p className={classes['text']}>{text}</p>
        <div className={classes['actions']}>
          <Button variant="default" onClick={() => setOpen(false)}>
            {t('common.cancel')}
          </Button>
          <Button
            color="red"
            onClick={() => {
              setOpen(false);
              onConfirm();
            }}
          >
            {label}
          </Button>
        </div>
      </Modal>
    </>
  );
}
