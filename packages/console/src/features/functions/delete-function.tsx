import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { queryKeys } from '../../shared/api/query-keys.ts';
import { useScfAction } from '../../shared/api/use-vod-action.ts';
import { ConfirmButton } from '../../shared/ui/confirm-button.tsx';
import { Section } from '../../shared/ui/section.tsx';
import { toRequest } from './function-queries.ts';
import type { FunctionKey } from './function-types.ts';

export function DeleteFunction({ fn, onDeleted }: { fn: FunctionKey; onDeleted: () => void }): ReactNode {
  const { t } = useTranslation();
  const { mutate, isPending } = useScfAction({
    stale: [queryKeys.gateway],
    done: t('fn.config.deleted', { name: fn.name }),
    failed: t('fn.refused'),
    onDone: onDeleted,
  });
  return (
    <Section title={t('fn.config.danger')} text={t('fn.config.dangerText')}>
      <ConfirmButton
        label={t('common.delete')}
        title={t('fn.config.deleteTitle', { name: fn.name })}
        text={t('fn.config.deleteText')}
        loading={isPending}
        onConfirm={() => mutate({ action: 'DeleteFunction', parameters: toRequest(fn) })}
      />
    </Section>
  );
}
