import { useEffect, useEffectEvent, useState } from 'react';

import { droppedFiles, hasFiles, type Dropped } from './dropped-files.ts';

/** Takes files that are dropped anywhere in the window. @returns whether files hover over it */
export function useFileDrop(onDrop: (dropped: Dropped) => void): boolean {
  const [hovering, setHovering] = useState(false);
  const take = useEffectEvent(onDrop);
  useEffect(() => {
    // Entering a child fires before leaving its parent: only a count tells when the window is left.
    let depth = 0;
    const count = (change: number): void => {
      depth = Math.max(0, depth + change);
      setHovering(depth > 0);
    };
    const enter = ({ dataTransfer }: DragEvent): void => {
      if (hasFiles(dataTransfer)) count(1);
    };
    const leave = ({ dataTransfer }: DragEvent): void => {
      if (hasFiles(dataTransfer)) count(-1);
    };
    const over = (event: DragEvent): void => {
      if (hasFiles(event.dataTransfer)) event.preventDefault();
    };
    const drop = (event: DragEvent): void => {
      if (event.dataTransfer === null || !hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      count(-depth);
      take(droppedFiles(event.dataTransfer));
    };
    const controller = new AbortController();
    const { signal } = controller;
    addEventListener('dragenter', enter, { signal });
    addEventListener('dragleave', leave, { signal });
    addEventListener('dragover', over, { signal });
    addEventListener('drop', drop, { signal });
    return () => controller.abort();
  }, []);
  return hovering;
}
