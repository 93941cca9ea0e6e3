/** How often to look for what other processes have written, in milliseconds. */
const EVERY = 1000;

/**
 * Calls a function every second, and again only once it is done.
 * @param look its errors are the callee's
 * @returns stops that, and resolves when the last call is done
 */
export function repeatedly(look: () => Promise<void>): () => Promise<void> {
  let isStopped = false;
  let timer: NodeJS.Timeout;
  let last = Promise.resolve();
  const next = () => {
    timer = setTimeout(() => {
      last = look()
        .catch(() => {})
        .then(() => {
          if (!isStopped) next();
        });
    }, EVERY).unref();
  };
  next();
  return async () => {
    isStopped = true;
    clearTimeout(timer);
    await last;
  };
}
