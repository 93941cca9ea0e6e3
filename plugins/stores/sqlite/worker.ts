/**
 * The thread that writes the database, so that no fsync blocks the event loop. It reads too until reads have a thread of
 * their own.
 * Nothing it imports may import values from `chatserv`, which cannot be resolved in this thread.
 */
import { parentPort } from 'node:worker_threads';
import { type BatchRunner, batchRunner, type Outcome, type Request } from './batch.ts';
import { openDatabase } from './open.ts';
import { OpenFiles } from './open-files.ts';
import { writesOfOthers } from './others.ts';
import { serve } from './serve.ts';
import { Snapshots } from './snapshots.ts';

/** How often to check the files and other programs' writes while idle, in milliseconds. */
const LOOK_EVERY = 1000;

const port = parentPort;
if (!port) throw new Error('This file is the sqlite store, and runs in a worker thread only.');

serve(port, ({ file, path, busyTimeout, owned }, answer) => {
  const db = openDatabase(file, busyTimeout, owned, (migrating) => answer({ migrating }));
  const files = new OpenFiles(db, file, path, (lost) => answer({ lost }));
  const runner = batchRunner(db, file, files, (others) => answer({ others }));
  const snapshots = new Snapshots({ file, busyTimeout });
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
    run: (requests) => runWithReads(requests, runner, snapshots),
    close() {
      clearInterval(looking);
      snapshots.close();
      // The last connection to close checkpoints the write-ahead log.
      db.close();
    },
  };
});

/** Runs a batch that may have reads. They come first, and see what was committed before. */
function runWithReads(requests: readonly Request[], runner: BatchRunner, snapshots: Snapshots): Outcome[] {
  const isWrite = requests.map(runner.takes);
  if (!isWrite.includes(false)) return runner.run(requests);
  const read = snapshots.run(requests.filter((_, i) => !isWrite[i]));
  const written = runner.run(requests.filter((_, i) => isWrite[i]));
  return isWrite.map((one) => (one ? written : read).shift() as Outcome);
}
