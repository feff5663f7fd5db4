import type { ReactNode } from 'react';

import { CopyButton } from './copy-button.tsx';
import classes from './code-block.module.css';

/** Source text to copy. @param label names it for those who do not see it. */
export function CodeBlock({ code, label }: { code: string; label: string }): ReactNode {
  return (
    <div className={classes['root']}>
      {/* Focusable: it may scroll sideways, and then the keyboard must reach it. */}
      <pre className={classes['text']} tabIndex={0} aria-label={label}>
        <code>{code}</code>
      </pre>
      <div className={classes['copy']}>
        <CopyButton value={code} what={label} />
      </div>
    </div>
  );
}
