import { Button, NativeSelect } from '@mantine/core';
import { IconDownload, IconFileOff } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

import { useApi } from '../../shared/api/api-context.ts';
import { object, text } from '../../shared/api/decode.ts';
import { useFormat } from '../../shared/i18n/use-format.ts';
import { CopyButton } from '../../shared/ui/copy-button.tsx';
import { EmptyState } from '../../shared/ui/empty-state.tsx';
import { useErrorText } from '../../shared/ui/error-text.ts';
import { notifyError } from '../../shared/ui/notify.ts';
import classes from './function-code.module.css';
import detailClasses from './function-detail.module.css';
import {
  codeFileQuery,
  codeQuery,
  functionDetailQuery,
  toRequest,
  versionsQuery,
} from './function-queries.ts';
import type { FunctionKey } from './function-types.ts';
import { PendingDetail } from './pending-detail.tsx';

export interface FunctionCodeProps {
  fn: FunctionKey;
  version: string;
  /** Path of the file that is shown; null for the handler's. */
  file: string | null;
  onVersion: (version: string) => void;
}

/** The files of the deployed package, to be read. */
export function FunctionCode({ fn, version, file, onVersion }: FunctionCodeProps): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const query = useQuery(codeQuery(api, fn, version));
  const { data: detail } = useQuery(functionDetailQuery(api, fn));
  const { data: versions } = useQuery(versionsQuery(api, fn));
  if (query.data === undefined) return <PendingDetail query={query} />;
  const { files, isCut } = query.data;
  const shown = file ?? findHandlerFile(files, detail?.Handler ?? '');
  return (
    <>
      <div className={detailClasses['toolbar']}>
        <NativeSelect
          aria-label={t('fn.version')}
          value={version}
          onChange={(event) => onVersion(event.currentTarget.value)}
          data={versions?.Versions.map(({ Version }) => Version) ?? [version]}
        />
        <Download fn={fn} version={version} />
      </div>
      <div className={classes['panes']}>
        <nav className={classes['list']} aria-label={t('fn.files')}>
          <ul className={classes['items']}>
            {files.map(({ path, sizeBytes }) => (
              <li key={path}>
                <FileLink fn={fn} path={path} sizeBytes={sizeBytes} isSelected={path === shown} />
              </li>
            ))}
          </ul>
          {isCut ? <p className={classes['note']}>{t('fn.filesCut', { count: files.length })}</p> : null}
        </nav>
        {shown === undefined ? null : <FileText fn={fn} version={version} path={shown} />}
      </div>
    </>
  );
}

interface FileLinkProps {
  fn: FunctionKey;
  path: string;
  sizeBytes: number;
  isSelected: boolean;
}

function FileLink({ fn, path, sizeBytes, isSelected }: FileLinkProps): ReactNode {
  const format = useFormat();
  return (
    <Link
      className={classes['file']}
      to="/functions/$name/code"
      params={{ name: fn.name }}
      search={(previous) => ({ ...previous, file: path })}
      data-selected={isSelected || undefined}
      resetScroll={false}
      title={path}
    >
      <span className={classes['path']}>{path}</span>
      <span className={classes['size']}>{format.bytes(sizeBytes)}</span>
    </Link>
  );
}

function FileText({ fn, version, path }: { fn: FunctionKey; version: string; path: string }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const query = useQuery(codeFileQuery(useApi(), fn, version, path));
  if (query.data === undefined) return <PendingDetail query={query} />;
  const { text: content, sizeBytes, isCut } = query.data;
  if (content === null)
    return (
      <EmptyState
        icon={<IconFileOff size={22} aria-hidden />}
        title={t('fn.binary')}
        text={format.bytes(sizeBytes)}
      />
    );
  const lines = content.replace(/\n$/, '').split('\n');
  return (
    <article className={classes['view']}>
      <header className={classes['head']}>
        <h2 className={classes['title']}>{path}</h2>
        <CopyButton value={content} what={path} />
      </header>
      <pre className={classes['text']} tabIndex={0} aria-label={path}>
        {lines.map((line, index) => (
          <span className={classes['line']} key={index}>
            {line}
            {'\n'}
          </span>
        ))}
      </pre>
      {isCut ? <p className={classes['note']}>{t('fn.fileCut', { size: format.bytes(sizeBytes) })}</p> : null}
    </article>
  );
}

const address = object({ Url: text });

function Download({ fn, version }: { fn: FunctionKey; version: string }): ReactNode {
  const { t } = useTranslation();
  const api = useApi();
  const errorText = useErrorText();
  const { mutate, isPending } = useMutation({
    mutationFn: () => api.scf('GetFunctionAddress', { ...toRequest(fn), Qualifier: version }, address),
    // The address names the server as others reach it; the package comes from the one that is looked at.
    onSuccess: ({ Url }) => location.assign(new URL(Url).pathname),
    onError: (error) => notifyError(t('fn.downloadFailed'), errorText(error)),
  });
  return (
    <Button
      variant="default"
      loading={isPending}
      leftSection={<IconDownload size={16} aria-hidden />}
      onClick={() => mutate()}
    >
      {t('fn.download')}
    </Button>
  );
}

/** `index.main_handler` is in `index.js`, `index.mjs`, `index.py` …; a web function starts with its bootstrap. */
export function findHandlerFile(files: readonly { path: string }[], handler: string): string | undefined {
  const base = handler.slice(0, handler.lastIndexOf('.'));
  const found =
    files.find(
      ({ path }) => base !== '' && /^\.[a-z]+$/.test(path.slice(base.length)) && path.startsWith(base),
    ) ??
    files.find(({ path }) => path === 'scf_bootstrap') ??
    files[0];
  return found?.path;
}
