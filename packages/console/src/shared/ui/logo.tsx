import type { ReactNode } from 'react';

export function Logo({ size }: { size: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="8" fill="#4f5bd5" />
      <path
        d="M12 8.6v9.8a1 1 0 0 0 1.5.87l8.2-4.9a1 1 0 0 0 0-1.74l-8.2-4.9A1 1 0 0 0 12 8.6z"
        fill="#fff"
      />
      <path d="M8 23.5h16" stroke="#fff" strokeWidth="2.4" strokeLinecap="round" opacity="0.65" />
    </svg>
  );
}
