/* Makes each fsync longer by $SLOW_FSYNC_MS. Preloaded (LD_PRELOAD) into a server that is measured. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void wait_a_while(void) {
  const char *ms = getenv("SLOW_FSYNC_MS");
  long wait = ms ? atol(ms) : 0;
  struct timespec time = {wait / 1000, wait % 1000 * 1000000};
  nanosleep(&time, NULL);
}

int fsync(int fd) {
  wait_a_while();
  return syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
  wait_a_while();
  return syscall(SYS_fdatasync, fd);
}
