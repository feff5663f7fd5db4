import { useEffect } from 'react';

/** Names the page in the tab while the component is shown; what lies over a page gives its title back afterwards. */
export function useDocumentTitle(title: string | undefined): void {
  useEffect(() => {
    if (title === undefined) return undefined;
    const before = document.title;
    document.title = `${title} · vodstack`;
    return () => {
      document.title = before;
    };
  }, [title]);
}
