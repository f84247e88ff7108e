/* ZooKeeper's client in C, as Debian's libzookeeper-mt has it. What it prints and is told: libraries/library-client.ts. */
#define _GNU_SOURCE
#include "library-client.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SESSION_TIMEOUT_MS 15000
#define START_TIMEOUT_MS 30000
#define PAUSE_US 10000
#define TELL_EVERY_MS 100

char root[MAX_PATH];
const char *group = "connect";

static atomic_int connections_lost, sessions_lost;
static atomic_bool ended;

enum { DATA, LISTED, ABSENT, WATCHES };
static const char *const watched_names[WATCHES] = {"data", "listed", "absent"};
static atomic_bool fired[WATCHES];

static long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void fail(const char *what, const char *got, const char *expected) {
  printf("failed %s: %s: %s instead of %s\n", group, what, got, expected);
  fflush(stdout);
  /* Without the client's threads, which may be anywhere. */
  _exit(1);
}

void must(int code, const char *what) {
  if (code != ZOK) fail(what, zerror(code), "ok");
}

void path_of(char path[MAX_PATH], const char *name) { snprintf(path, MAX_PATH, "%.300s/%.200s", root, name); }

void create(zhandle_t *zk, const char *path, const char *value) {
  must(zoo_create(zk, path, value, (int)strlen(value), &ZOO_OPEN_ACL_UNSAFE, ZOO_PERSISTENT, NULL, 0), path);
}

void read_text(zhandle_t *zk, const char *path, char text[MAX_VALUE]) {
  int length = MAX_VALUE - 1;
  must(zoo_get(zk, path, 0, text, &length, NULL), path);
  text[length < 0 ? 0 : length] = '\0';
}

static void count(zhandle_t *zk, int type, int state, const char *path, void *context) {
  (void)zk, (void)path, (void)context;
  if (type != ZOO_SESSION_EVENT || atomic_load(&ended)) return;
  if (state == ZOO_EXPIRED_SESSION_STATE) atomic_fetch_add(&sessions_lost, 1);
  if (state == ZOO_CONNECTING_STATE) atomic_fetch_add(&connections_lost, 1);
}

static void ignore(zhandle_t *zk, int type, int state, const char *path, void *context) {
  (void)zk, (void)type, (void)state, (void)path, (void)context;
}

zhandle_t *open_session(bool counts) {
  zhandle_t *zk = zookeeper_init(getenv("HOSTS"), ignore, SESSION_TIMEOUT_MS, NULL, NULL, 0);
  if (zk == NULL) fail("zookeeper_init", "no handle", "a handle");
  for (long deadline_ms = now_ms() + START_TIMEOUT_MS; zoo_state(zk) != ZOO_CONNECTED_STATE; usleep(PAUSE_US))
    if (now_ms() > deadline_ms) fail("connect", "no session", "a session");
  if (counts) zoo_set_watcher(zk, count);
  return zk;
}

static void note_fired(zhandle_t *zk, int type, int state, const char *path, void *context) {
  (void)zk, (void)state, (void)path;
  if (type != ZOO_SESSION_EVENT) atomic_store((atomic_bool *)context, true);
}

static bool is_lost(int code) { return code == ZCONNECTIONLOSS || code == ZOPERATIONTIMEOUT; }

/* Leaves a watch, and writes what is there. */
static int look(zhandle_t *zk, int which, char what[MAX_VALUE]) {
  char path[MAX_PATH];
  int code, length = MAX_VALUE - 1;
  struct String_vector names;
  path_of(path, watched_names[which]);
  switch (which) {
    case DATA:
      code = zoo_wget(zk, path, note_fired, &fired[which], what, &length, NULL);
      if (code == ZOK) what[length < 0 ? 0 : length] = '\0';
      return code;
    case LISTED:
      code = zoo_wget_children(zk, path, note_fired, &fired[which], &names);
      if (code != ZOK) return code;
      snprintf(what, MAX_VALUE, "%d", names.count);
      deallocate_String_vector(&names);
      return ZOK;
    default:
      code = zoo_wexists(zk, path, note_fired, &fired[which], NULL);
      if (code != ZOK && code != ZNONODE) return code;
      snprintf(what, MAX_VALUE, "%s", code == ZOK ? "there" : "gone");
      return ZOK;
  }
}

static void look_until_answered(zhandle_t *zk, int which, char what[MAX_VALUE]) {
  int code = look(zk, which, what);
  for (; is_lost(code); code = look(zk, which, what)) usleep(PAUSE_US);
  must(code, watched_names[which]);
}

static void tell_fired(zhandle_t *zk) {
  static int seen[WATCHES];
  char what[MAX_VALUE];
  for (int which = 0; which < WATCHES; which++) {
    if (!atomic_exchange(&fired[which], false)) continue;
    look_until_answered(zk, which, what);
    printf("event %s %d %s\n", watched_names[which], ++seen[which], what);
    fflush(stdout);
  }
}

/* A connection that is lost leaves in doubt whether the node was made: it is there then, or is made now. */
static void write_one(zhandle_t *zk, long number) {
  char name[64], path[MAX_PATH];
  snprintf(name, sizeof name, "writes/%ld", number);
  path_of(path, name);
  for (bool is_in_doubt = false;; is_in_doubt = true) {
    int code = zoo_create(zk, path, "", 0, &ZOO_OPEN_ACL_UNSAFE, ZOO_PERSISTENT, NULL, 0);
    if (code == ZOK || (is_in_doubt && code == ZNODEEXISTS)) return;
    if (!is_lost(code)) must(code, path);
    usleep(PAUSE_US);
  }
}

static void *await_end(void *nothing) {
  char line[64];
  while (fgets(line, sizeof line, stdin) != NULL) continue;
  atomic_store(&ended, true);
  return nothing;
}

static void load(zhandle_t *zk) {
  char path[MAX_PATH], what[MAX_VALUE];
  const char *const nodes[] = {"data", "listed", "writes"};
  for (int i = 0; i < 3; i++) {
    path_of(path, nodes[i]);
    create(zk, path, "");
  }
  path_of(path, "own");
  must(zoo_create(zk, path, "", 0, &ZOO_OPEN_ACL_UNSAFE, ZOO_EPHEMERAL, NULL, 0), path);
  for (int which = 0; which < WATCHES; which++) look_until_answered(zk, which, what);
  printf("session %llx\nready\n", (unsigned long long)zoo_client_id(zk)->client_id);
  fflush(stdout);
  pthread_t listening;
  if (pthread_create(&listening, NULL, await_end, NULL) != 0) abort();
  long writes = 0, longest_gap_ms = 0, acknowledged_ms = now_ms(), told_ms = acknowledged_ms;
  for (bool is_last = false; !is_last; usleep(PAUSE_US)) {
    is_last = atomic_load(&ended);
    tell_fired(zk);
    write_one(zk, writes + 1);
    long at_ms = now_ms();
    if (at_ms - acknowledged_ms > longest_gap_ms) longest_gap_ms = at_ms - acknowledged_ms;
    acknowledged_ms = at_ms;
    writes++;
    if (!is_last && at_ms - told_ms < TELL_EVERY_MS) continue;
    told_ms = at_ms;
    printf("progress {\"writes\":%ld,\"connectionsLost\":%d,\"sessionsLost\":%d,\"longestGapMs\":%ld}\n", writes,
           atomic_load(&connections_lost), atomic_load(&sessions_lost), longest_gap_ms);
    fflush(stdout);
  }
  printf("ended %llx\n", (unsigned long long)zoo_client_id(zk)->client_id);
  fflush(stdout);
}

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  zoo_set_debug_level(ZOO_LOG_LEVEL_ERROR);
  snprintf(root, sizeof root, "/libraries/%s", getenv("NAME"));
  zhandle_t *zk = open_session(true);
  create(zk, root, "");
  check_all(zk);
  group = "load";
  load(zk);
  zookeeper_close(zk);
  return 0;
}
