import { NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { queryKeys } from '../../shared/api/query-keys.ts';
import { useScfAction } from '../../shared/api/use-vod-action.ts';
import { ErrorAlert } from '../../shared/ui/error-alert.tsx';
import { FormButtons } from '../../shared/ui/form-buttons.tsx';
import classes from './function-detail.module.css';
import { toRequest } from './function-queries.ts';
import type { Alias, FunctionKey } from './function-types.ts';

export interface AliasFormProps {
  fn: FunctionKey;
  versions: readonly string[];
  /** Null: a new one. */
  alias: Alias | null;
  onClose: () => void;
}

interface Draft {
  name: string;
  version: string;
  description: string;
  /** Empty: all calls go to the first. */
  second: string;
  percent: string | number;
}

function toDraft(alias: Alias | null, latest: string): Draft {
  const second = alias?.RoutingConfig.AdditionalVersionWeights[0];
  return {
    name: alias?.Name ?? '',
    version: alias?.FunctionVersion ?? latest,
    description: alias?.Description ?? '',
    second: second?.Version ?? '',
    percent: Math.round((second?.Weight ?? 0.1) * 100),
  };
}

export function AliasForm({ fn, versions, alias, onClose }: AliasFormProps): ReactNode {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(() => toDraft(alias, versions[0] ?? '$LATEST'));
  const { mutate, isPending, error } = useScfAction({
    stale: [queryKeys.functions],
    done: t('fn.versions.saved'),
    onDone: onClose,
  });
  const change = (more: Partial<Draft>): void => setDraft({ ...draft, ...more });
  return (
    <form
      className={classes['form']}
      onSubmit={(event) => {
        event.preventDefault();
        const action = alias === null ? 'CreateAlias' : 'UpdateAlias';
        mutate({ action, parameters: { ...toRequest(fn), ...toParameters(draft, alias) } });
      }}
    >
      {alias === null ? (
        <TextInput
          label={t('fn.versions.alias')}
          maxLength={64}
          required
          value={draft.name}
          onChange={(event) => change({ name: event.currentTarget.value.trim() })}
        />
      ) : null}
      <NativeSelect
        label={t('fn.versions.pointsAt')}
        value={draft.version}
        data={[...versions]}
        onChange={(event) => change({ version: event.currentTarget.value })}
      />
      <div className={classes['fields']}>
        <NativeSelect
          label={t('fn.versions.second')}
          value={draft.second}
          data={[{ value: '', label: t('fn.versions.noSecond') }, ...versions]}
          onChange={(event) => change({ second: event.currentTarget.value })}
        />
        {draft.second === '' ? null : (
          <NumberInput
            label={t('fn.versions.weight')}
            min={0}
            max={100}
            allowDecimal={false}
            value={draft.percent}
            onChange={(percent) => change({ percent })}
          />
        )}
      </div>
      <TextInput
        label={t('fn.versions.description')}
        maxLength={1000}
        value={draft.description}
        onChange={(event) => change({ description: event.currentTarget.value })}
      />
      <ErrorAlert error={error} />
      <FormButtons submit={t('common.save')} isPending={isPending} onCancel={onClose} />
    </form>
  );
}

/** A rule by header that the alias has stays as it is. */
function toParameters(draft: Draft, alias: Alias | null): Record<string, unknown> {
  const { name, version, description, second, percent } = draft;
  return {
    Name: name,
    FunctionVersion: version,
    Description: description,
    RoutingConfig: {
      AdditionalVersionWeights: second === '' ? [] : [{ Version: second, Weight: Number(percent) / 100 }],
      AddtionVersionMatchs: alias?.RoutingConfig.AddtionVersionMatchs ?? [],
    },
  };
}
