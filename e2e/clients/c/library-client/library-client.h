/* What checks and load share. */
#pragma once

#include <stdbool.h>
#include <zookeeper/zookeeper.h>

#define MAX_PATH 512
#define MAX_VALUE 256

/* `/libraries/NAME` */
extern char root[MAX_PATH];

/* Losses are counted where `counts` is true. Ends the process where there is no session in time. */
zhandle_t *open_session(bool counts);

/* Writes root, a slash and the name. */
void path_of(char path[MAX_PATH], const char *name);

/* Where it goes wrong, prints what, and ends the process. */
void must(int code, const char *what);
void fail(const char *what, const char *got, const char *expected);
extern const char *group;

void create(zhandle_t *zk, const char *path, const char *value);
/* Reads what a node holds as text. */
void read_text(zhandle_t *zk, const char *path, char text[MAX_VALUE]);

void check_all(zhandle_t *zk);
