// What a counter's device keeps without a network (IndexedDB): its key and papers, its log, and the verdicts on it.
const PAPERS = "papers";
const LINES = "lines";
const VERDICTS = "verdicts";

const answer = (request) => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});

function opened() {
  const request = indexedDB.open("counter-offline", 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(PAPERS);
    for (const name of [LINES, VERDICTS]) request.result.createObjectStore(name, { keyPath: ["allowance", "seq"] });
  };
  return answer(request);
}

async function within(name, mode, work) {
  const database = await opened();
  try {
    const act = database.transaction(name, mode, { durability: "strict" });
    const ended = new Promise((done, failed) => {
      act.oncomplete = done;
      act.onabort = () => failed(act.error);
    });
    const result = await answer(work(act.objectStore(name)));
    await ended;
    return result;
  } finally {
    database.close();
  }
}

export const paper = (name) => within(PAPERS, "readonly", (store) => store.get(name));
export const keep = (name, value) => within(PAPERS, "readwrite", (store) => store.put(value, name));
export const drop = (name) => within(PAPERS, "readwrite", (store) => store.delete(name));

/** Lines are added and never changed: a number that is taken, by another tab, is an error. */
export const addLine = (line) => within(LINES, "readwrite", (store) => store.add(line));
export const addVerdict = (verdict) => within(VERDICTS, "readwrite", (store) => store.put(verdict));

const ofAllowance = (allowance) => IDBKeyRange.bound([allowance, 0], [allowance, Infinity]);
export const linesOf = (allowance) => within(LINES, "readonly", (store) => store.getAll(ofAllowance(allowance)));
export const verdictsOf = (allowance) => within(VERDICTS, "readonly", (store) => store.getAll(ofAllowance(allowance)));
