/** What was dropped: the files, their handles in the same order, and how many folders were left out. */
export interface Dropped {
  files: File[];
  /** To open a file again after a reload; null where the browser gives none. All must be asked for while the event lasts. */
  handles: Promise<unknown[]>;
  folders: number;
}

/** What Chromium adds to a dropped item (File System Access, section 3.8). */
type HandledItem = DataTransferItem & { getAsFileSystemHandle?(): Promise<unknown> };

/** A browser hands a folder over as an empty file: folders are counted, and left out. */
export function droppedFiles(transfer: DataTransfer): Dropped {
  const files: File[] = [];
  const handles: Promise<unknown>[] = [];
  let folders = 0;
  for (const item of transfer.items) {
    if (item.kind !== 'file') continue;
    if (item.webkitGetAsEntry()?.isDirectory === true) {
      folders += 1;
      continue;
    }
    const file = item.getAsFile();
    if (file === null) continue;
    files.push(file);
    handles.push(handleOf(item));
  }
  return { files, handles: Promise.all(handles), folders };
}

function handleOf(item: HandledItem): Promise<unknown> {
  return item.getAsFileSystemHandle?.().catch(() => null) ?? Promise.resolve(null);
}

/** Text and links that are dragged across the page are not for us. */
export function hasFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes('Files') === true;
}
