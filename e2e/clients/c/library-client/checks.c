/* Every call of the client, and what has to come of it. */
#include "library-client.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define EVENT_TIMEOUT_S 5
#define TTL_MS 60000
#define PROOF "ann:apple"

static int looks;

static void expect(const char *what, long expected, long got) {
  looks++;
  if (expected == got) return;
  char numbers[2][32];
  snprintf(numbers[0], sizeof numbers[0], "%ld", got);
  snprintf(numbers[1], sizeof numbers[1], "%ld", expected);
  fail(what, numbers[0], numbers[1]);
}

static void expect_text(const char *what, const char *expected, const char *got) {
  looks++;
  if (strcmp(expected, got) != 0) fail(what, got, expected);
}

static void refuses(const char *what, int expected, int got) {
  looks++;
  if (expected != got) fail(what, zerror(got), zerror(expected));
}

/* The first event of a watch. */
struct watch {
  pthread_mutex_t lock;
  pthread_cond_t came;
  bool has_fired;
  int type;
  char path[MAX_PATH];
};

static void note(zhandle_t *zk, int type, int state, const char *path, void *context) {
  (void)zk, (void)state;
  if (type == ZOO_SESSION_EVENT) return;
  struct watch *watch = context;
  pthread_mutex_lock(&watch->lock);
  watch->has_fired = true;
  watch->type = type;
  snprintf(watch->path, sizeof watch->path, "%s", path);
  pthread_cond_signal(&watch->came);
  pthread_mutex_unlock(&watch->lock);
}

/* Stays for good: the client may call it later than anybody waits for it. */
static struct watch *new_watch(void) {
  struct watch *watch = calloc(1, sizeof *watch);
  if (watch == NULL) abort();
  pthread_mutex_init(&watch->lock, NULL);
  pthread_cond_init(&watch->came, NULL);
  return watch;
}

static void expect_event(struct watch *watch, int type, const char *path) {
  struct timespec deadline;
  clock_gettime(CLOCK_REALTIME, &deadline);
  deadline.tv_sec += EVENT_TIMEOUT_S;
  pthread_mutex_lock(&watch->lock);
  while (!watch->has_fired && pthread_cond_timedwait(&watch->came, &watch->lock, &deadline) == 0) continue;
  pthread_mutex_unlock(&watch->lock);
  if (!watch->has_fired) fail("event", "none in time", path);
  expect("type of the event", type, watch->type);
  expect_text("path of the event", path, watch->path);
}

static void check_create(zhandle_t *zk) {
  char path[MAX_PATH], own[MAX_PATH], beneath[MAX_PATH], got[MAX_PATH];
  struct Stat stat;
  path_of(path, "create");
  must(zoo_create(zk, path, "a", 1, &ZOO_OPEN_ACL_UNSAFE, ZOO_PERSISTENT, got, sizeof got), path);
  expect_text("path", path, got);
  refuses("again", ZNODEEXISTS, zoo_create(zk, path, "a", 1, &ZOO_OPEN_ACL_UNSAFE, ZOO_PERSISTENT, NULL, 0));
  path_of(beneath, "no/parent");
  refuses("no parent", ZNONODE, zoo_create(zk, beneath, "a", 1, &ZOO_OPEN_ACL_UNSAFE, ZOO_PERSISTENT, NULL, 0));
  path_of(own, "create/ephemeral");
  must(zoo_create2(zk, own, "a", 1, &ZOO_OPEN_ACL_UNSAFE, ZOO_EPHEMERAL, got, sizeof got, &stat), own);
  expect("owner", zoo_client_id(zk)->client_id, stat.ephemeralOwner);
  path_of(beneath, "create/ephemeral/a");
  refuses("beneath an ephemeral", ZNOCHILDRENFOREPHEMERALS, zoo_create(zk, beneath, "", 0, &ZOO_OPEN_ACL_UNSAFE, ZOO_PERSISTENT, NULL, 0));
}

static void check_sequence(zhandle_t *zk) {
  const int modes[] = {ZOO_PERSISTENT_SEQUENTIAL, ZOO_PERSISTENT_SEQUENTIAL, ZOO_EPHEMERAL_SEQUENTIAL};
  char path[MAX_PATH], got[MAX_PATH], name[32];
  path_of(path, "sequence");
  create(zk, path, "");
  path_of(path, "sequence/n-");
  for (int number = 0; number < 3; number++) {
    must(zoo_create(zk, path, "", 0, &ZOO_OPEN_ACL_UNSAFE, modes[number], got, sizeof got), path);
    snprintf(name, sizeof name, "n-%010d", number);
    expect_text("number", name, strrchr(got, '/') + 1);
  }
}

static void check_get_and_set(zhandle_t *zk) {
  char path[MAX_PATH], text[MAX_VALUE];
  int length = sizeof text;
  struct Stat stat;
  path_of(path, "get-set");
  create(zk, path, "first");
  must(zoo_get(zk, path, 0, text, &length, &stat), path);
  expect("length", 5, length);
  expect("version", 0, stat.version);
  must(zoo_set2(zk, path, "second", 6, -1, &stat), path);
  expect("version after it", 1, stat.version);
  must(zoo_set2(zk, path, "third", 5, 1, &stat), path);
  expect("version after that", 2, stat.version);
  read_text(zk, path, text);
  expect_text("data after it", "third", text);
  length = sizeof text;
  must(zoo_get(zk, path, 0, text, &length, &stat), path);
  expect("version of what is read", 2, stat.version);
  path_of(path, "nowhere");
  refuses("nothing there", ZNONODE, zoo_get(zk, path, 0, text, &length, &stat));
}

static void check_bad_version(zhandle_t *zk) {
  char path[MAX_PATH], text[MAX_VALUE];
  path_of(path, "bad-version");
  create(zk, path, "a");
  refuses("set", ZBADVERSION, zoo_set(zk, path, "b", 1, 7));
  refuses("delete", ZBADVERSION, zoo_delete(zk, path, 7));
  read_text(zk, path, text);
  expect_text("unchanged", "a", text);
}

static void check_exists(zhandle_t *zk) {
  char path[MAX_PATH];
  struct Stat stat;
  path_of(path, "exists");
  refuses("not there", ZNONODE, zoo_exists(zk, path, 0, &stat));
  create(zk, path, "a");
  refuses("there", ZOK, zoo_exists(zk, path, 0, &stat));
  expect("its length", 1, stat.dataLength);
}

static void check_children(zhandle_t *zk) {
  char path[MAX_PATH];
  struct String_vector names;
  struct Stat stat;
  path_of(path, "children");
  create(zk, path, "");
  for (const char *name = "abc"; *name != '\0'; name++) {
    char relative[16];
    snprintf(relative, sizeof relative, "children/%c", *name);
    path_of(path, relative);
    create(zk, path, "");
  }
  path_of(path, "children");
  must(zoo_get_children2(zk, path, 0, &names, &stat), path);
  expect("names", 3, names.count);
  expect("number", 3, stat.numChildren);
  int sum = 0;
  for (int i = 0; i < names.count; i++) sum += strlen(names.data[i]) == 1 ? names.data[i][0] : 0;
  expect("what they are", 'a' + 'b' + 'c', sum);
  deallocate_String_vector(&names);
}

static void check_delete(zhandle_t *zk) {
  char path[MAX_PATH];
  path_of(path, "delete");
  create(zk, path, "");
  must(zoo_delete(zk, path, 0), path);
  refuses("gone", ZNONODE, zoo_exists(zk, path, 0, NULL));
  refuses("again", ZNONODE, zoo_delete(zk, path, -1));
}

static void check_not_empty(zhandle_t *zk) {
  char path[MAX_PATH];
  path_of(path, "children");
  refuses("with children", ZNOTEMPTY, zoo_delete(zk, path, -1));
}

static void check_multi(zhandle_t *zk) {
  char path[MAX_PATH], one[MAX_PATH], two[MAX_PATH], text[MAX_VALUE];
  zoo_op_t ops[5];
  zoo_op_result_t results[5];
  struct Stat stat;
  path_of(path, "multi");
  path_of(one, "multi/one");
  path_of(two, "multi/two");
  create(zk, path, "a");
  zoo_check_op_init(&ops[0], path, 0);
  zoo_create_op_init(&ops[1], one, "1", 1, &ZOO_OPEN_ACL_UNSAFE, ZOO_PERSISTENT, NULL, 0);
  zoo_create_op_init(&ops[2], two, "2", 1, &ZOO_OPEN_ACL_UNSAFE, ZOO_PERSISTENT, NULL, 0);
  zoo_set_op_init(&ops[3], path, "b", 1, 0, NULL);
  zoo_delete_op_init(&ops[4], two, -1);
  refuses("all of them", ZOK, zoo_multi(zk, 5, ops, results));
  read_text(zk, path, text);
  expect_text("set", "b", text);
  refuses("created", ZOK, zoo_exists(zk, one, 0, &stat));
  refuses("created, and deleted", ZNONODE, zoo_exists(zk, two, 0, &stat));
  zoo_create_op_init(&ops[0], two, "2", 1, &ZOO_OPEN_ACL_UNSAFE, ZOO_PERSISTENT, NULL, 0);
  zoo_check_op_init(&ops[1], path, 0);
  refuses("one is refused", ZBADVERSION, zoo_multi(zk, 2, ops, results));
  refuses("none was done", ZNONODE, zoo_exists(zk, two, 0, &stat));
}

/* What came of the proof of who the session is, once it has come. */
struct proof {
  pthread_mutex_t lock;
  pthread_cond_t came;
  bool is_answered;
  int code;
};

static void note_proof(int code, const void *context) {
  struct proof *proof = (struct proof *)context;
  pthread_mutex_lock(&proof->lock);
  proof->is_answered = true;
  proof->code = code;
  pthread_cond_signal(&proof->came);
  pthread_mutex_unlock(&proof->lock);
}

/* As long as the process: it is proved again with each connection. */
static void prove(zhandle_t *zk) {
  struct proof *proof = calloc(1, sizeof *proof);
  if (proof == NULL) abort();
  pthread_mutex_init(&proof->lock, NULL);
  pthread_cond_init(&proof->came, NULL);
  must(zoo_add_auth(zk, "digest", PROOF, strlen(PROOF), note_proof, proof), "add auth");
  pthread_mutex_lock(&proof->lock);
  while (!proof->is_answered) pthread_cond_wait(&proof->came, &proof->lock);
  pthread_mutex_unlock(&proof->lock);
  must(proof->code, "add auth");
}

static void check_acl(zhandle_t *zk) {
  char path[MAX_PATH], again[MAX_PATH], text[MAX_VALUE];
  struct ACL_vector list;
  struct Stat stat;
  int length = sizeof text;
  path_of(path, "acl");
  path_of(again, "acl-again");
  prove(zk);
  must(zoo_create(zk, path, "secret", 6, &ZOO_CREATOR_ALL_ACL, ZOO_PERSISTENT, NULL, 0), path);
  must(zoo_create(zk, again, "shared", 6, &ZOO_CREATOR_ALL_ACL, ZOO_PERSISTENT, NULL, 0), again);
  must(zoo_get_acl(zk, path, &list, &stat), path);
  expect("entries", 1, list.count);
  expect_text("scheme", "digest", list.data[0].id.scheme);
  expect("rights", ZOO_PERM_ALL, list.data[0].perms);
  deallocate_ACL_vector(&list);
  zhandle_t *other = open_session(false);
  refuses("nobody reads", ZNOAUTH, zoo_get(other, path, 0, text, &length, &stat));
  refuses("nobody writes", ZNOAUTH, zoo_set(other, path, "x", 1, -1));
  must(zoo_set_acl(zk, path, 0, &ZOO_READ_ACL_UNSAFE), path);
  must(zoo_exists(zk, path, 0, &stat), path);
  expect("version of the list", 1, stat.aversion);
  read_text(zk, path, text);
  for (int waits = 0; waits < EVENT_TIMEOUT_S * 100; waits++) {
    length = sizeof text;
    if (zoo_get(other, path, 0, text, &length, &stat) == ZOK) break;
    nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
  }
  read_text(other, path, text);
  expect_text("anybody reads", "secret", text);
  refuses("nobody writes yet", ZNOAUTH, zoo_set(other, path, "x", 1, -1));
  prove(other);
  read_text(other, again, text);
  expect_text("who proves it reads", "shared", text);
  zookeeper_close(other);
}

static void check_data_watch(zhandle_t *zk) {
  char path[MAX_PATH], text[MAX_VALUE];
  int length = sizeof text;
  struct watch *watch = new_watch();
  path_of(path, "data-watch");
  create(zk, path, "a");
  must(zoo_wget(zk, path, note, watch, text, &length, NULL), path);
  must(zoo_set(zk, path, "b", 1, -1), path);
  expect_event(watch, ZOO_CHANGED_EVENT, path);
}

static void check_child_watch(zhandle_t *zk) {
  char path[MAX_PATH], child[MAX_PATH];
  struct String_vector names;
  struct watch *watch = new_watch();
  path_of(path, "child-watch");
  path_of(child, "child-watch/a");
  create(zk, path, "");
  must(zoo_wget_children(zk, path, note, watch, &names), path);
  deallocate_String_vector(&names);
  create(zk, child, "");
  expect_event(watch, ZOO_CHILD_EVENT, path);
}

static void check_exists_watch(zhandle_t *zk) {
  char path[MAX_PATH];
  struct watch *created = new_watch(), *deleted = new_watch();
  path_of(path, "exists-watch");
  refuses("not there", ZNONODE, zoo_wexists(zk, path, note, created, NULL));
  create(zk, path, "");
  expect_event(created, ZOO_CREATED_EVENT, path);
  must(zoo_wexists(zk, path, note, deleted, NULL), path);
  must(zoo_delete(zk, path, -1), path);
  expect_event(deleted, ZOO_DELETED_EVENT, path);
}

static void check_ephemeral(zhandle_t *zk) {
  char path[MAX_PATH];
  struct Stat stat;
  struct watch *created = new_watch(), *deleted = new_watch();
  path_of(path, "ephemeral");
  refuses("not there", ZNONODE, zoo_wexists(zk, path, note, created, NULL));
  zhandle_t *other = open_session(false);
  long owner = zoo_client_id(other)->client_id;
  must(zoo_create(other, path, "", 0, &ZOO_OPEN_ACL_UNSAFE, ZOO_EPHEMERAL, NULL, 0), path);
  expect_event(created, ZOO_CREATED_EVENT, path);
  must(zoo_wexists(zk, path, note, deleted, &stat), path);
  expect("seen by another session", owner, stat.ephemeralOwner);
  zookeeper_close(other);
  expect_event(deleted, ZOO_DELETED_EVENT, path);
  refuses("gone with its session", ZNONODE, zoo_exists(zk, path, 0, NULL));
}

static void check_container(zhandle_t *zk) {
  char path[MAX_PATH], got[MAX_PATH];
  path_of(path, "container");
  must(zoo_create(zk, path, "", 0, &ZOO_OPEN_ACL_UNSAFE, ZOO_CONTAINER, got, sizeof got), path);
  expect_text("path", path, got);
}

static void check_ttl(zhandle_t *zk) {
  char path[MAX_PATH], got[MAX_PATH];
  path_of(path, "ttl");
  must(zoo_create_ttl(zk, path, "", 0, &ZOO_OPEN_ACL_UNSAFE, ZOO_PERSISTENT_WITH_TTL, TTL_MS, got, sizeof got), path);
  expect_text("path", path, got);
}

static const struct {
  const char *name;
  void (*run)(zhandle_t *zk);
} groups[] = {
    {"create", check_create},
    {"sequence", check_sequence},
    {"get-set", check_get_and_set},
    {"bad-version", check_bad_version},
    {"exists", check_exists},
    {"children", check_children},
    {"delete", check_delete},
    {"not-empty", check_not_empty},
    {"multi", check_multi},
    {"acl", check_acl},
    {"data-watch", check_data_watch},
    {"child-watch", check_child_watch},
    {"exists-watch", check_exists_watch},
    {"ephemeral", check_ephemeral},
    {"container", check_container},
    {"ttl", check_ttl},
};

void check_all(zhandle_t *zk) {
  for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
    group = groups[i].name;
    looks = 0;
    groups[i].run(zk);
    printf("checked %s %d\n", group, looks);
    fflush(stdout);
  }
}
