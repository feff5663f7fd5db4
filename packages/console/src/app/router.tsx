import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
  retainSearchParams,
} from '@tanstack/react-router';
import { getI18n } from 'react-i18next';

import { parseLogFilter, type LogFilter } from '../features/functions/log-filter.ts';
import { parseMediaFilter } from '../features/media/media-filter.ts';
import { isTaskState, type TaskState } from '../features/tasks/task-types.ts';
import { isEventState, type EventState } from '../shared/events/event-types.ts';
import { loadOperatorTexts } from '../shared/i18n/i18n.ts';
import { isTemplateKind, type TemplateKind } from '../shared/templates/template-kinds.ts';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { PageError } from './pages/page-error.tsx';
import { Shell } from './shell/shell.tsx';

interface EventSearch {
  type?: string | undefined;
  result?: EventState | undefined;
  fileId?: string | undefined;
}

interface LogSearch extends LogFilter {
  /** RequestId of the one that is read. */
  request?: string | undefined;
}

interface CodeSearch {
  version?: string | undefined;
  file?: string | undefined;
}

/** A text of the address; FileIds look like numbers, and are read as such. */
function filled<Name extends string>(
  search: Record<string, unknown>,
  name: Name,
): { [Key in Name]?: string } | object {
  const value = search[name];
  const content = typeof value === 'number' ? String(value) : value;
  return typeof content === 'string' && content !== '' ? { [name]: content } : {};
}

/** A page of the operator's, with its texts. */
async function withTexts<Page>(page: Promise<Page>): Promise<Page> {
  await loadOperatorTexts(getI18n());
  return await page;
}

const rootRoute = createRootRoute({
  component: Shell,
  notFoundComponent: NotFoundPage,
  errorComponent: PageError,
});

const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/media', replace: true });
  },
});

const mediaRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/media',
  validateSearch: parseMediaFilter,
  component: lazyRouteComponent(() => import('./pages/media-page.tsx'), 'MediaPage'),
});

const quickViewRoute = createRoute({
  getParentRoute: () => mediaRoute,
  path: '$fileId',
  component: lazyRouteComponent(() => import('./pages/quick-view-page.tsx'), 'QuickViewPage'),
});

const tasksRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/tasks',
  validateSearch: (search: Record<string, unknown>): { state?: TaskState } =>
    isTaskState(search['state']) ? { state: search['state'] } : {},
  component: lazyRouteComponent(() => import('./pages/tasks-page.tsx'), 'TasksPage'),
});

const systemRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/system',
  component: lazyRouteComponent(() => import('./pages/system-page.tsx'), 'SystemPage'),
});

const eventsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/events',
  validateSearch: (search: Record<string, unknown>): EventSearch => ({
    ...filled(search, 'type'),
    ...filled(search, 'fileId'),
    ...(isEventState(search['result']) ? { result: search['result'] } : {}),
  }),
  component: lazyRouteComponent(() => withTexts(import('./pages/events-page.tsx')), 'EventsPage'),
});

const eventRoute = createRoute({
  getParentRoute: () => eventsRoute,
  path: '$eventId',
  component: lazyRouteComponent(() => withTexts(import('./pages/event-page.tsx')), 'EventPage'),
});

const eventSettingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/events/settings',
  component: lazyRouteComponent(
    () => withTexts(import('./pages/event-settings-page.tsx')),
    'EventSettingsPage',
  ),
});

const endpointsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/events/endpoints',
  component: lazyRouteComponent(() => withTexts(import('./pages/endpoints-page.tsx')), 'EndpointsPage'),
});

const deadLettersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/events/dead-letters',
  component: lazyRouteComponent(() => withTexts(import('./pages/dead-letters-page.tsx')), 'DeadLettersPage'),
});

const faultsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/events/faults',
  component: lazyRouteComponent(() => withTexts(import('./pages/faults-page.tsx')), 'FaultsPage'),
});

const templatesRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/templates',
  validateSearch: (search: Record<string, unknown>): { kind?: TemplateKind } =>
    isTemplateKind(search['kind']) ? { kind: search['kind'] } : {},
  component: lazyRouteComponent(() => import('./pages/templates-page.tsx'), 'TemplatesPage'),
});

const proceduresRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/procedures',
  component: lazyRouteComponent(() => import('./pages/procedures-page.tsx'), 'ProceduresPage'),
});

const functionsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/functions',
  component: lazyRouteComponent(() => withTexts(import('./pages/functions-page.tsx')), 'FunctionsPage'),
});

const functionRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/functions/$name',
  validateSearch: (search: Record<string, unknown>): { namespace?: string | undefined } =>
    filled(search, 'namespace'),
  search: { middlewares: [retainSearchParams(['namespace'])] },
  component: lazyRouteComponent(() => withTexts(import('./pages/function-page.tsx')), 'FunctionPage'),
});

const functionOverviewRoute = createRoute({
  getParentRoute: () => functionRoute,
  path: '/',
  component: lazyRouteComponent(
    () => withTexts(import('./pages/function-overview-page.tsx')),
    'FunctionOverviewPage',
  ),
});

const functionCodeRoute = createRoute({
  getParentRoute: () => functionRoute,
  path: 'code',
  validateSearch: (search: Record<string, unknown>): CodeSearch => ({
    ...filled(search, 'version'),
    ...filled(search, 'file'),
  }),
  component: lazyRouteComponent(
    () => withTexts(import('./pages/function-code-page.tsx')),
    'FunctionCodePage',
  ),
});

const functionTestRoute = createRoute({
  getParentRoute: () => functionRoute,
  path: 'test',
  component: lazyRouteComponent(
    () => withTexts(import('./pages/function-test-page.tsx')),
    'FunctionTestPage',
  ),
});

const functionLogsRoute = createRoute({
  getParentRoute: () => functionRoute,
  path: 'logs',
  validateSearch: (search: Record<string, unknown>): LogSearch => ({
    ...filled(search, 'request'),
    ...parseLogFilter(search),
  }),
  component: lazyRouteComponent(
    () => withTexts(import('./pages/function-logs-page.tsx')),
    'FunctionLogsPage',
  ),
});

const functionConfigurationRoute = createRoute({
  getParentRoute: () => functionRoute,
  path: 'configuration',
  component: lazyRouteComponent(
    () => withTexts(import('./pages/function-configuration-page.tsx')),
    'FunctionConfigurationPage',
  ),
});

const functionVersionsRoute = createRoute({
  getParentRoute: () => functionRoute,
  path: 'versions',
  component: lazyRouteComponent(
    () => withTexts(import('./pages/function-versions-page.tsx')),
    'FunctionVersionsPage',
  ),
});

const functionTriggersRoute = createRoute({
  getParentRoute: () => functionRoute,
  path: 'triggers',
  component: lazyRouteComponent(
    () => withTexts(import('./pages/function-triggers-page.tsx')),
    'FunctionTriggersPage',
  ),
});

const gatewayRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/gateway',
  component: lazyRouteComponent(() => withTexts(import('./pages/gateway-page.tsx')), 'GatewayPage'),
});

const coverageRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/coverage',
  component: lazyRouteComponent(() => import('./pages/coverage-page.tsx'), 'CoveragePage'),
});

const accountRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/account',
  component: lazyRouteComponent(() => import('./pages/account-page.tsx'), 'AccountPage'),
});

const routeTree = rootRoute.addChildren([
  homeRoute,
  mediaRoute.addChildren([quickViewRoute]),
  tasksRoute,
  systemRoute,
  eventsRoute.addChildren([eventRoute]),
  eventSettingsRoute,
  endpointsRoute,
  deadLettersRoute,
  faultsRoute,
  templatesRoute,
  proceduresRoute,
  functionsRoute,
  functionRoute.addChildren([
    functionOverviewRoute,
    functionCodeRoute,
    functionTestRoute,
    functionLogsRoute,
    functionConfigurationRoute,
    functionVersionsRoute,
    functionTriggersRoute,
  ]),
  gatewayRoute,
  coverageRoute,
  accountRoute,
]);

export function createAppRouter() {
  return createRouter({ routeTree, basepath: '/console', defaultPreload: 'intent', scrollRestoration: true });
}

export type AppRouter = ReturnType<typeof createAppRouter>;

declare module '@tanstack/react-router' {
  interface Register {
    router: AppRouter;
  }
}
