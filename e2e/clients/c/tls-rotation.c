/* ZooKeeper's C client over TLS, with a client certificate, for as long as the scenario wants. What it prints and is told: tls-rotation/rotating-client.ts. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zookeeper.h>

#define ROOT "/tls-rotation/"
#define SESSION_TIMEOUT_MS 15000
#define START_TIMEOUT_MS 30000
#define PAUSE_US 10000
#define LOOK_US 10000
#define TELL_EVERY_MS 100
#define ASKED_AT_ONCE 100
#define ASKED_LOOK_US 500
#define MAX_PATH 4096
#define MAX_VALUE 256

static const char *hosts, *name;
static char own_path[MAX_PATH], writes_path[MAX_PATH], new_path[MAX_PATH];
static atomic_int connections_lost, sessions_lost, answered;
static atomic_bool step_changed = true, ended;
static long writes_done, reads_done, longest_gap_ms;

static long now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void say(const char *line) {
  printf("%s\n", line);
  fflush(stdout);
}

/* The whole process ends: the scenario reads why. */
static void must(int code, const char *what) {
  if (code == ZOK) return;
  fprintf(stderr, "%s: %s\n", what, zerror(code));
  exit(1);
}

static void count(zhandle_t *zk, int type, int state, const char *path, void *context) {
  (void)zk, (void)path, (void)context;
  if (type != ZOO_SESSION_EVENT || atomic_load(&ended)) return;
  if (state == ZOO_EXPIRED_SESSION_STATE) {
    atomic_fetch_add(&sessions_lost, 1);
    say("lost the session");
  } else if (state == ZOO_CONNECTING_STATE) {
    atomic_fetch_add(&connections_lost, 1);
    say("lost the connection");
  }
}

static void ignore(zhandle_t *zk, int type, int state, const char *path, void *context) {
  (void)zk, (void)type, (void)state, (void)path, (void)context;
}

static void note_step(zhandle_t *zk, int type, int state, const char *path, void *context) {
  (void)zk, (void)state, (void)path, (void)context;
  if (type == ZOO_CHANGED_EVENT) atomic_store(&step_changed, true);
}

/* NULL where there is no session in time. */
static zhandle_t *connect_with(const char *folder, long timeout_ms) {
  char certificates[4 * MAX_PATH];
  /* Authorities, certificate, key, and a password that the key does not have. */
  snprintf(certificates, sizeof certificates, "%s/ca.pem,%s/tls.crt,%s/tls.key,none", folder, folder, folder);
  zhandle_t *zk = zookeeper_init_ssl(hosts, certificates, ignore, SESSION_TIMEOUT_MS, NULL, NULL, 0);
  if (zk == NULL) {
    perror("zookeeper_init_ssl");
    exit(1);
  }
  for (long deadline_ms = now_ms() + timeout_ms; zoo_state(zk) != ZOO_CONNECTED_STATE; usleep(LOOK_US)) {
    if (now_ms() < deadline_ms) continue;
    zookeeper_close(zk);
    return NULL;
  }
  return zk;
}

/* What it loses counts from now on. */
static zhandle_t *connect_and_count(void) {
  zhandle_t *zk = connect_with(getenv("CERTIFICATES"), START_TIMEOUT_MS);
  if (zk == NULL) {
    fprintf(stderr, "no session\n");
    exit(1);
  }
  zoo_set_watcher(zk, count);
  return zk;
}

static void create(zhandle_t *zk, const char *path, const char *value, int mode) {
  must(zoo_create(zk, path, value, (int)strlen(value), &ZOO_OPEN_ACL_UNSAFE, mode, NULL, 0), path);
}

/* Reads what a node holds as text. */
static void read_text(zhandle_t *zk, const char *path, watcher_fn watcher, char text[MAX_VALUE]) {
  int length = MAX_VALUE - 1;
  must(zoo_wget(zk, path, watcher, NULL, text, &length, NULL), path);
  text[length < 0 ? 0 : length] = '\0';
}

static void see_step(zhandle_t *zk) {
  if (!atomic_exchange(&step_changed, false)) return;
  char step[MAX_VALUE], line[MAX_VALUE + 8];
  read_text(zk, ROOT "step", note_step, step);
  snprintf(line, sizeof line, "step %s", step);
  say(line);
}

static void tell_progress(void) {
  char line[512];
  snprintf(line, sizeof line, "progress {\"writes\":%ld,\"reads\":%ld,\"connectionsLost\":%d,\"sessionsLost\":%d,\"longestGapMs\":%ld}",
           writes_done, reads_done, atomic_load(&connections_lost), atomic_load(&sessions_lost), longest_gap_ms);
  say(line);
}

static const char *verdict(const char *folder, long timeout_ms) {
  zhandle_t *zk = connect_with(folder, timeout_ms);
  if (zk == NULL) return "refused";
  char read[MAX_VALUE];
  create(zk, new_path, "new", ZOO_EPHEMERAL);
  read_text(zk, new_path, NULL, read);
  zookeeper_close(zk);
  return strcmp(read, "new") == 0 ? "connected" : "read something else";
}

static void *obey(void *nothing) {
  (void)nothing;
  char line[MAX_PATH + 64], folder[MAX_PATH], answer[128];
  long number, timeout_ms;
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (sscanf(line, "connect %ld %ld %4095[^\n]", &number, &timeout_ms, folder) != 3) continue;
    snprintf(answer, sizeof answer, "verdict %ld %s", number, verdict(folder, timeout_ms));
    say(answer);
  }
  atomic_store(&ended, true);
  return NULL;
}

static void note_found(int result, const struct Stat *stat, const void *path) {
  (void)stat;
  must(result, path);
  atomic_fetch_add(&answered, 1);
}

/*
 * Asks at once, and nothing more until all of it is answered. The client reads one message where its socket has become readable: of several that
 * come at once, by TLS, it must be woken for each.
 */
static void ask_several(zhandle_t *zk) {
  atomic_store(&answered, 0);
  for (int i = 0; i < ASKED_AT_ONCE; i++) must(zoo_aexists(zk, writes_path, 0, note_found, writes_path), "ask");
  while (atomic_load(&answered) < ASKED_AT_ONCE) usleep(ASKED_LOOK_US);
}

static void write_until_ended(zhandle_t *zk) {
  long acknowledged_ms = now_ms(), told_ms = acknowledged_ms;
  while (!atomic_load(&ended)) {
    see_step(zk);
    ask_several(zk);
    char value[MAX_VALUE], read[MAX_VALUE];
    snprintf(value, sizeof value, "%ld", writes_done + 1);
    must(zoo_set(zk, writes_path, value, (int)strlen(value), -1), "write");
    long at_ms = now_ms();
    if (at_ms - acknowledged_ms > longest_gap_ms) longest_gap_ms = at_ms - acknowledged_ms;
    acknowledged_ms = at_ms;
    writes_done++;
    read_text(zk, writes_path, NULL, read);
    if (strcmp(read, value) != 0) {
      fprintf(stderr, "wrote %s and read %s\n", value, read);
      exit(1);
    }
    reads_done++;
    if (at_ms - told_ms >= TELL_EVERY_MS) {
      told_ms = at_ms;
      tell_progress();
    }
    usleep(PAUSE_US);
  }
  tell_progress();
}

int main(void) {
  /* The client writes through OpenSSL, which would end the process where the member has closed the connection. */
  signal(SIGPIPE, SIG_IGN);
  hosts = getenv("HOSTS");
  name = getenv("NAME");
  snprintf(own_path, sizeof own_path, ROOT "%s", name);
  snprintf(writes_path, sizeof writes_path, ROOT "%s-writes", name);
  snprintf(new_path, sizeof new_path, ROOT "%s-new", name);
  zoo_set_debug_level(ZOO_LOG_LEVEL_WARN);
  zhandle_t *zk = connect_and_count();
  create(zk, own_path, "", ZOO_EPHEMERAL);
  create(zk, writes_path, "0", ZOO_PERSISTENT);
  see_step(zk);
  say("ready");
  pthread_t obeying;
  if (pthread_create(&obeying, NULL, obey, NULL) != 0) return 1;
  write_until_ended(zk);
  zookeeper_close(zk);
  return 0;
}
