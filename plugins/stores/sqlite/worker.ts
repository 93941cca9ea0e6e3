/**
 * The thread that writes the database, so that no fsync blocks the event loop.
 * Nothing it imports may import values from `chatserv`, which cannot be resolved in this thread.
 */
import { parentPort } from 'node:worker_threads';
import { batchRunner } from './batch.ts';
import { openDatabase } from './open.ts';
import { OpenFiles } from './open-files.ts';
import { writesOfOthers } from './others.ts';
import { serve } from './serve.ts';

/** How often to check the files and other programs' writes while idle, in milliseconds. */
const LOOK_EVERY = 1000;

const port = parentPort;
if (!port) throw new Error('This file is the sqlite store, and runs in a worker thread only.');

serve(port, ({ file, path, busyTimeout, owned }, answer) => {
  const db = openDatabase(file, busyTimeout, owned, (migrating) => answer({ migrating }));
  const files = new OpenFiles(db, file, path, (lost) => answer({ lost }));
  const runner = batchRunner(db, file, files, (others) => answer({ others }));
  const othersWrote = writesOfOthers(db);
  runner.look();
  // A slice per turn, so that requests come in between.
  const goOn = () => {
    if (runner.runBehind()) setImmediate(goOn);
  };
  const looking = setInterval(() => {
    try {
      files.lost();
      if (othersWrote()) answer({ writtenByAnother: true });
      runner.look();
      goOn();
    } catch {
      // The next write fails for the same reason, and reports it.
    }
  }, LOOK_EVERY);
  return {
    identity: files.identity,
    ...runner,
    close() {
      clearInterval(looking);
      // The last connection to close checkpoints the write-ahead log.
      db.close();
    },
  };
});
