import type { TFunction } from 'i18next';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { formatDuration } from '../../shared/format/duration.ts';
import { useFormat, type Format } from '../../shared/i18n/use-format.ts';
import { CopyText } from '../../shared/ui/copy-text.tsx';
import { Facts } from '../../shared/ui/facts.tsx';
import classes from './details-view.module.css';
import type { MediaDetail, MediaMetaData } from './media-types.ts';

type Row = readonly [term: string, value: ReactNode];

/** What is known about the source file. */
export function DetailsView({ media }: { media: MediaDetail }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { metaData } = media;
  return (
    <div className={classes['root']}>
      <Facts items={fileRows(media, t, format)} />
      {metaData === null ? <p className={classes['pending']}>{t('quickView.details.pending')}</p> : null}
      {metaData?.VideoStreamSet.map((stream, index) => (
        <DetailGroup key={`video-${index}`} title={t('quickView.details.video', { index: index + 1 })}>
          <Facts items={videoRows(stream, t, format)} />
        </DetailGroup>
      ))}
      {metaData?.AudioStreamSet.map((stream, index) => (
        <DetailGroup key={`audio-${index}`} title={t('quickView.details.audio', { index: index + 1 })}>
          <Facts items={audioRows(stream, t, format)} />
        </DetailGroup>
      ))}
    </div>
  );
}

function DetailGroup({ title, children }: { title: string; children: ReactNode }): ReactNode {
  return (
    <section>
      <h3 className={classes['heading']}>{title}</h3>
      {children}
    </section>
  );
}

function fileRows(media: MediaDetail, t: TFunction, format: Format): Row[] {
  const { metaData, md5, durationSec } = media;
  return [
    [t('quickView.details.fileId'), <CopyText key="id" value={media.fileId} what="FileId" wrap />],
    [t('quickView.details.type'), media.type],
    [t('quickView.details.size'), format.bytes(media.sizeBytes)],
    ...known(t('quickView.details.duration'), durationSec, formatDuration),
    ...known(t('quickView.details.container'), metaData?.Container, (container) => container),
    ...known(t('quickView.details.bitrate'), metaData?.Bitrate, format.bitrate),
    ...known(t('quickView.details.rotation'), metaData?.Rotate === 0 ? null : metaData?.Rotate, (degrees) =>
      t('quickView.details.degrees', { degrees }),
    ),
    [t('quickView.details.created'), format.fullTime(media.createdAt)],
    ...known(t('quickView.details.md5'), md5, (value) => <CopyText value={value} what="MD5" wrap />),
  ];
}

function videoRows(stream: MediaMetaData['VideoStreamSet'][number], t: TFunction, format: Format): Row[] {
  const { Codec, Width, Height, Fps, Bitrate } = stream;
  return [
    ...known(t('quickView.details.codec'), Codec, (codec) => codec),
    ...known(t('quickView.details.resolution'), Width, (width) => `${width} × ${Height ?? '–'}`),
    ...known(t('quickView.details.fps'), Fps, (fps) => t('quickView.details.fpsValue', { fps })),
    ...known(t('quickView.details.bitrate'), Bitrate, format.bitrate),
  ];
}

function audioRows(stream: MediaMetaData['AudioStreamSet'][number], t: TFunction, format: Format): Row[] {
  const { Codec, SamplingRate, Bitrate } = stream;
  return [
    ...known(t('quickView.details.codec'), Codec, (codec) => codec),
    ...known(t('quickView.details.samplingRate'), SamplingRate, (hertz) =>
      t('quickView.details.hertz', { hertz }),
    ),
    ...known(t('quickView.details.bitrate'), Bitrate, format.bitrate),
  ];
}

/** No row for what is not known. */
function known<Value>(
  term: string,
  value: Value | null | undefined,
  show: (value: Value) => ReactNode,
): Row[] {
  return value === null || value === undefined || value === '' ? [] : [[term, show(value)]];
}
