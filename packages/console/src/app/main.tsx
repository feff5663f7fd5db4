import './mantine.css';
import './tokens.css';
import './global.css';

import { createRoot } from 'react-dom/client';

import { createApi } from '../shared/api/api.ts';
import { readApplication } from '../shared/api/application.ts';
import { createI18n } from '../shared/i18n/i18n.ts';
import { detectLanguage } from '../shared/i18n/language.ts';
import { App } from './app.tsx';
import { createQueryClient } from './query-client.ts';
import { createAppRouter } from './router.tsx';

async function start(root: HTMLElement): Promise<void> {
  const i18n = await createI18n(detectLanguage(localStorage, navigator.languages));
  const api = createApi({
    fetch: (input, init) => fetch(input, init),
    baseUrl: '/console/api',
    subAppId: () => readApplication(localStorage),
  });
  const queryClient = createQueryClient();
  createRoot(root).render(
    <App
      api={api}
      i18n={i18n}
      queryClient={queryClient}
      router={createAppRouter()}
      liveUrl="/console/api/live"
    />,
  );
}

const root = document.getElementById('root');
if (root !== null) void start(root);
