/*
 * Preloaded into a server with LD_PRELOAD. Adds $SLOW_FSYNC_MS to each fsync, and a byte to the file $FSYNC_COUNT_FILE,
 * whose size so is their number.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void count(void) {
  const char *file = getenv("FSYNC_COUNT_FILE");
  int fd = file ? open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
  if (fd < 0) return;
  if (write(fd, "x", 1) != 1) abort();
  close(fd);
}

static void delay(void) {
  const char *ms = getenv("SLOW_FSYNC_MS");
  long wait = ms ? atol(ms) : 0;
  struct timespec time = {wait / 1000, wait % 1000 * 1000000};
  nanosleep(&time, NULL);
}

int fsync(int fd) {
  count();
  delay();
  return syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
  count();
  delay();
  return syscall(SYS_fdatasync, fd);
}
