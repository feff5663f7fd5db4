import type { UploadRecord } from './upload-item.ts';
import type { UploadStore } from './upload-queue.ts';

const DATABASE = 'vodstack';
const STORE = 'uploads';

/**
 * Upload records in the browser's own database. A browser that has none for us (a private window, a full disk) only costs the
 * memory of uploads beyond the page: no failure reaches the caller.
 */
export function createIndexedStore(factory: IDBFactory): UploadStore {
  let opened: Promise<IDBDatabase> | undefined;
  const open = (): Promise<IDBDatabase> => (opened ??= openDatabase(factory));
  const write = (act: (store: IDBObjectStore) => void): void => {
    open()
      .then((database) => act(database.transaction(STORE, 'readwrite').objectStore(STORE)))
      .catch(() => undefined);
  };
  return {
    async load() {
      try {
        const database = await open();
        return await toPromise<UploadRecord[]>(
          database.transaction(STORE, 'readonly').objectStore(STORE).getAll(),
        );
      } catch {
        return [];
      }
    },
    put: (record) => write((store) => store.put(record)),
    delete: (id) => write((store) => store.delete(id)),
  };
}

function openDatabase(factory: IDBFactory): Promise<IDBDatabase> {
  const request = factory.open(DATABASE, 1);
  request.addEventListener('upgradeneeded', () => request.result.createObjectStore(STORE, { keyPath: 'id' }));
  return toPromise(request);
}

function toPromise<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error ?? new Error('The database failed.')));
  });
}
