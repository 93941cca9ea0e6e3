/** The store thread of the durable bare server: one sequential insert per message, one transaction per batch. */
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

const db = new DatabaseSync(String(workerData));
db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
db.exec('CREATE TABLE messages (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT');
const insert = db.prepare('INSERT INTO messages (text) VALUES (?)');
parentPort?.on('message', (texts: readonly string[] | 'close') => {
  if (texts === 'close') {
    db.close();
    parentPort?.close();
    return;
  }
  db.exec('BEGIN');
  for (const text of texts) insert.run(text);
  db.exec('COMMIT');
  parentPort?.postMessage(texts.length);
});
