import type { UploadRecord } from './upload-item.ts';

/** What Chromium adds to handles (File System Access, section 2.3) and the type library has not got. */
interface AskableHandle extends FileSystemFileHandle {
  queryPermission(): Promise<PermissionState>;
  requestPermission(): Promise<PermissionState>;
}

/** The file behind a record's handle, if it may be read without asking; null when not, or when it is gone. */
export function reopenFile({ handle }: UploadRecord): Promise<File | null> {
  return readIf(handle, (askable) => askable.queryPermission());
}

/** The same, after asking the person; only from a click. */
export function askForFile({ handle }: UploadRecord): Promise<File | null> {
  return readIf(handle, (askable) => askable.requestPermission());
}

async function readIf(
  handle: unknown,
  permit: (handle: AskableHandle) => Promise<PermissionState>,
): Promise<File | null> {
  if (!isAskable(handle)) return null;
  try {
    return (await permit(handle)) === 'granted' ? await handle.getFile() : null;
  } catch {
    // Moved or deleted since: the person can still choose it.
    return null;
  }
}

function isAskable(handle: unknown): handle is AskableHandle {
  return (
    typeof FileSystemFileHandle !== 'undefined' &&
    handle instanceof FileSystemFileHandle &&
    'queryPermission' in handle
  );
}
