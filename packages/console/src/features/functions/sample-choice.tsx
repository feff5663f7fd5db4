import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { id, list, object, record, text } from '../../shared/api/decode.ts';
import { queryKeys } from '../../shared/api/query-keys.ts';
import { useErrorText } from '../../shared/ui/error-text.ts';
import { notifyError } from '../../shared/ui/notify.ts';
import { gatewayEvent, plainSample, SAMPLE_MESSAGES, SAMPLES, type Sample } from './sample-events.ts';

const sampleAnswer = object({ message: record });
const recentEvents = object({ items: list(object({ eventId: id, type: text, payload: text })) });
const RECENT = 10;
const CALLBACK = { method: 'POST', path: '/callback' };

/** Puts an event in the editor: a sample, or one that really happened. */
export function SampleChoice({ onChoose }: { onChoose: (event: string) => void }): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const errorText = useErrorText();
  const [chosen, setChosen] = useState('hello');
  const { data } = useQuery({
    queryKey: [...queryKeys.events, 'recent'],
    queryFn: ({ signal }) => api.request(`/events?limit=${RECENT}`, recentEvents, { signal }),
  });
  const find = async (value: string): Promise<object> => {
    const recent = data?.items.find(({ eventId }) => eventId === value);
    if (recent !== undefined) return gatewayEvent({ ...CALLBACK, body: recent.payload });
    const type = isSample(value) ? SAMPLE_MESSAGES[value] : undefined;
    if (type === undefined) return plainSample(isSample(value) ? value : 'hello');
    const { message } = await api.request(`/events/sample?type=${type}`, sampleAnswer);
    return gatewayEvent({ ...CALLBACK, body: JSON.stringify(message) });
  };
  const choose = (value: string): void => {
    setChosen(value);
    find(value).then(
      (event) => onChoose(JSON.stringify(event, null, 2)),
      (error: unknown) => notifyError(t('errors.title'), errorText(error)),
    );
  };
  return (
    <NativeSelect
      label={t('fn.test.sample')}
      value={chosen}
      onChange={(event) => choose(event.currentTarget.value)}
      data={[
        {
          group: t('fn.test.samples'),
          items: SAMPLES.map((sample) => ({ value: sample, label: t(`fn.test.names.${sample}`) })),
        },
        {
          group: t('fn.test.recent'),
          items: (data?.items ?? []).map(({ eventId, type }) => ({
            value: eventId,
            label: `#${eventId} ${type}`,
          })),
        },
      ]}
    />
  );
}

function isSample(value: string): value is Sample {
  return SAMPLES.some((sample) => sample === value);
}
