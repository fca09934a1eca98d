// What isn't saved yet, kept on this machine: nothing drawn is lost when the network, the browser or the power goes.
const NAME = "vanthu-modeler";
const SHELF = "unsaved";

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(SHELF);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function shelf(mode, use) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const work = database.transaction(SHELF, mode);
      const asked = use(work.objectStore(SHELF));
      work.oncomplete = () => resolve(asked.result);
      work.onerror = () => reject(work.error);
      work.onabort = () => reject(work.error);
    });
  } finally {
    database.close();
  }
}

// A browser without the store (private windows of some) goes on without it.
const quietly = (promise) => promise.catch(() => undefined);

export const kept = (key) => quietly(shelf("readonly", (store) => store.get(key)));
export const keep = (key, value) => quietly(shelf("readwrite", (store) => store.put(value, key)));
export const forget = (key) => quietly(shelf("readwrite", (store) => store.delete(key)));
