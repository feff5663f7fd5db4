import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import classes from './form-buttons.module.css';

export interface FormButtonsProps {
  /** What the form does, as a verb. */
  submit: string;
  isPending: boolean;
  isDisabled?: boolean;
  onCancel: () => void;
}

/** The end of a form in a dialog. */
export function FormButtons({
  submit,
  isPending,
  isDisabled = false,
  onCancel,
}: FormButtonsProps): ReactNode {
  const { t } = useTranslation();
  return (
    <div className={classes['root']}>
      <Button variant="default" onClick={onCancel}>
        {t('common.cancel')}
      </Button>
      <Button type="submit" loading={isPending} disabled={isDisabled}>
        {submit}
      </Button>
    </div>
  );
}
