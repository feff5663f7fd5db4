import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import type { i18n } from 'i18next';
import { StrictMode, type ReactNode } from 'react';
import { I18nextProvider } from 'react-i18next';

import { SessionGate } from '../features/session/session-gate.tsx';
import { UploadProvider } from '../features/upload/upload-provider.tsx';
import { ApiContext } from '../shared/api/api-context.ts';
import type { Api } from '../shared/api/api.ts';
import { LiveProvider } from '../shared/live/live-provider.tsx';
import type { AppRouter } from './router.tsx';
import { theme } from './theme.ts';

export interface AppProps {
  api: Api;
  i18n: i18n;
  queryClient: QueryClient;
  router: AppRouter;
  liveUrl: string;
}

const colorSchemeManager = localStorageColorSchemeManager({ key: 'vodstack.theme' });

/** Everything that the pages stand on. Nothing behind the gate runs, or asks the server, without a session. */
export function App({ api, i18n, queryClient, router, liveUrl }: AppProps): ReactNode {
  return (
    <StrictMode>
      <MantineProvider
        theme={theme}
        defaultColorScheme="auto"
        colorSchemeManager={colorSchemeManager}
        withCssVariables={false}
        withGlobalClasses={false}
      >
        <I18nextProvider i18n={i18n}>
          <ApiContext value={api}>
            <QueryClientProvider client={queryClient}>
              <Notifications position="bottom-center" />
              {/* Above the gate: after a session has ended, the person signs in again and retries. */}
              <UploadProvider>
                <SessionGate>
                  <LiveProvider url={liveUrl}>
                    <RouterProvider router={router} />
                  </LiveProvider>
                </SessionGate>
              </UploadProvider>
            </QueryClientProvider>
          </ApiContext>
        </I18nextProvider>
      </MantineProvider>
    </StrictMode>
  );
}
