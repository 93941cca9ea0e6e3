/** Counts whole seconds down and reports each. @returns stops it */
export function countDown(seconds: number, say: (left: number) => void, done: () => void = () => {}): () => void {
  const end = performance.now() + seconds * 1000;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tick = () => {
    const left = end - performance.now();
    if (left <= 0) return done();
    say(Math.ceil(left / 1000));
    timer = setTimeout(tick, left % 1000 || 1000);
  };
  tick();
  return () => clearTimeout(timer);
}
