import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { parseMediaFilter } from '../../features/media/media-filter.ts';
import { QuickView } from '../../features/media/quick-view.tsx';

const route = getRouteApi('/media/$fileId');

/** Quick View over the list, under an address of its own. */
export function QuickViewPage(): ReactNode {
  const { fileId } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <QuickView
      key={fileId}
      fileId={fileId}
      onClose={() => void navigate({ to: '/media', search: parseMediaFilter({ ...search }) })}
    />
  );
}
