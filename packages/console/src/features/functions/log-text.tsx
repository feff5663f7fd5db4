import { Fragment, type ReactNode } from 'react';

import classes from './log-detail.module.css';
import { splitLinks } from './split-links.ts';

export interface LogTextProps {
  text: string;
  wrap: boolean;
  /** In place of an empty text. */
  placeholder: string;
  label: string;
}

/** Text as it was written, in fixed width; the URLs in it can be followed. */
export function LogText({ text, wrap, placeholder, label }: LogTextProps): ReactNode {
  if (text === '') {
    return (
      <p className={classes['text']} data-empty>
        {placeholder}
      </p>
    );
  }
  return (
    // Focusable: it may scroll sideways, and then the keyboard must reach it.
    <pre className={classes['text']} data-wrap={wrap || undefined} tabIndex={0} aria-label={label}>
      {splitLinks(text).map((part, index) =>
        part.isLink ? (
          <a key={index} href={part.text} target="_blank" rel="noreferrer">
            {part.text}
          </a>
        ) : (
          <Fragment key={index}>{part.text}</Fragment>
        ),
      )}
    </pre>
  );
}
