/* Adds $SLOW_FSYNC_MS to each fsync. Preloaded into a server with LD_PRELOAD. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void delay(void) {
  const char *ms = getenv("SLOW_FSYNC_MS");
  long wait = ms ? atol(ms) : 0;
  struct timespec time = {wait / 1000, wait % 1000 * 1000000};
  nanosleep(&time, NULL);
}

int fsync(int fd) {
  delay();
  return syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
  delay();
  return syscall(SYS_fdatasync, fd);
}
