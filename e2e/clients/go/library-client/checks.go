package main

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/go-zookeeper/zk"
)

const (
	eventTimeout = 5 * time.Second
	ttl          = time.Minute
	readOnly     = int32(zk.PermRead)
)

// What a group of checks has found: the first thing that is wrong, and how much was looked at.
type findings struct {
	looks int
	wrong error
}

func (found *findings) expect(what string, expected, got any) {
	found.looks++
	if found.wrong == nil && fmt.Sprint(expected) != fmt.Sprint(got) {
		found.wrong = fmt.Errorf("%s: %v instead of %v", what, got, expected)
	}
}

func (found *findings) must(what string, err error) {
	if found.wrong == nil && err != nil {
		found.wrong = fmt.Errorf("%s: %w", what, err)
	}
}

func (found *findings) refuses(what string, expected, err error) {
	found.looks++
	if found.wrong == nil && !errors.Is(err, expected) {
		found.wrong = fmt.Errorf("%s: %v instead of %v", what, err, expected)
	}
}

func (found *findings) create(conn *zk.Conn, path, data string) {
	_, err := conn.Create(path, []byte(data), 0, open)
	found.must("create "+path, err)
}

func (found *findings) event(events <-chan zk.Event, kind zk.EventType, path string) {
	if found.wrong != nil {
		return
	}
	select {
	case event := <-events:
		found.expect("event", fmt.Sprint(kind, " ", path), fmt.Sprint(event.Type, " ", event.Path))
	case <-time.After(eventTimeout):
		found.expect("event", kind, "none in time")
	}
}

func checkAll(conn *zk.Conn) error {
	groups := []struct {
		name string
		run  func(*zk.Conn, *findings)
	}{
		{"create", create}, {"sequence", sequence}, {"get-set", getAndSet}, {"bad-version", badVersion}, {"exists", exists},
		{"children", children}, {"delete", remove}, {"not-empty", notEmpty}, {"multi", multi}, {"acl", acl}, {"data-watch", dataWatch},
		{"child-watch", childWatch}, {"exists-watch", existsWatch}, {"ephemeral", ephemeral}, {"container", container}, {"ttl", withTTL}, {"sync", sync},
	}
	for _, group := range groups {
		var found findings
		group.run(conn, &found)
		if found.wrong != nil {
			return fmt.Errorf("%s: %w", group.name, found.wrong)
		}
		fmt.Printf("checked %s %d\n", group.name, found.looks)
	}
	return nil
}

func create(conn *zk.Conn, found *findings) {
	path := root + "/create"
	got, err := conn.Create(path, []byte("a"), 0, open)
	found.must("create", err)
	found.expect("path", path, got)
	_, err = conn.Create(path, []byte("a"), 0, open)
	found.refuses("again", zk.ErrNodeExists, err)
	_, err = conn.Create(root+"/no/parent", nil, 0, open)
	found.refuses("no parent", zk.ErrNoNode, err)
	own, err := conn.Create(path+"/ephemeral", nil, zk.FlagEphemeral, open)
	found.must("ephemeral", err)
	_, stat, err := conn.Get(own)
	found.must("its owner", err)
	if err == nil {
		found.expect("owner", conn.SessionID(), stat.EphemeralOwner)
	}
	_, err = conn.Create(own+"/a", nil, 0, open)
	found.refuses("beneath an ephemeral", zk.ErrNoChildrenForEphemerals, err)
}

func sequence(conn *zk.Conn, found *findings) {
	path := root + "/sequence"
	found.create(conn, path, "")
	for number, flags := range []int32{zk.FlagSequence, zk.FlagSequence, zk.FlagSequence | zk.FlagEphemeral} {
		got, err := conn.Create(path+"/n-", nil, flags, open)
		found.must("sequential", err)
		found.expect("number", fmt.Sprintf("%s/n-%010d", path, number), got)
	}
}

func getAndSet(conn *zk.Conn, found *findings) {
	path := root + "/get-set"
	found.create(conn, path, "first")
	data, stat, err := conn.Get(path)
	found.must("get", err)
	if err != nil {
		return
	}
	found.expect("data", "first", string(data))
	found.expect("version", 0, stat.Version)
	for version, condition := range []int32{-1, 1} {
		if stat, err = conn.Set(path, []byte("second"), condition); err != nil {
			found.must("set", err)
			return
		}
		found.expect("version after it", version+1, stat.Version)
	}
	data, stat, err = conn.Get(path)
	found.must("get", err)
	found.expect("data after it", "second", string(data))
	if err == nil {
		found.expect("version of what is read", 2, stat.Version)
		found.expect("changed later", true, stat.Mzxid > stat.Czxid)
	}
	_, _, err = conn.Get(root + "/nowhere")
	found.refuses("nothing there", zk.ErrNoNode, err)
}

func badVersion(conn *zk.Conn, found *findings) {
	path := root + "/bad-version"
	found.create(conn, path, "a")
	_, err := conn.Set(path, []byte("b"), 7)
	found.refuses("set", zk.ErrBadVersion, err)
	found.refuses("delete", zk.ErrBadVersion, conn.Delete(path, 7))
	data, _, err := conn.Get(path)
	found.must("get", err)
	found.expect("unchanged", "a", string(data))
}

func exists(conn *zk.Conn, found *findings) {
	isThere, _, err := conn.Exists(root + "/exists")
	found.must("exists", err)
	found.expect("not there", false, isThere)
	found.create(conn, root+"/exists", "a")
	isThere, _, err = conn.Exists(root + "/exists")
	found.must("exists", err)
	found.expect("there", true, isThere)
}

func children(conn *zk.Conn, found *findings) {
	path := root + "/children"
	found.create(conn, path, "")
	for _, name := range []string{"a", "b", "c"} {
		found.create(conn, path+"/"+name, "")
	}
	names, stat, err := conn.Children(path)
	found.must("children", err)
	sort.Strings(names)
	found.expect("names", "a b c", strings.Join(names, " "))
	if err == nil {
		found.expect("number", 3, stat.NumChildren)
	}
}

func remove(conn *zk.Conn, found *findings) {
	found.create(conn, root+"/delete", "")
	found.must("delete", conn.Delete(root+"/delete", 0))
	isThere, _, err := conn.Exists(root + "/delete")
	found.must("exists", err)
	found.expect("gone", false, isThere)
	found.refuses("again", zk.ErrNoNode, conn.Delete(root+"/delete", -1))
}

func notEmpty(conn *zk.Conn, found *findings) {
	found.refuses("with children", zk.ErrNotEmpty, conn.Delete(root+"/children", -1))
}

func multi(conn *zk.Conn, found *findings) {
	path := root + "/multi"
	found.create(conn, path, "a")
	create := func(name string) *zk.CreateRequest {
		return &zk.CreateRequest{Path: path + "/" + name, Acl: open}
	}
	results, err := conn.Multi(&zk.CheckVersionRequest{Path: path, Version: 0}, create("one"), create("two"),
		&zk.SetDataRequest{Path: path, Data: []byte("b"), Version: 0}, &zk.DeleteRequest{Path: path + "/two", Version: -1})
	found.must("multi", err)
	found.expect("results", 5, len(results))
	listed := func() string {
		names, _, err := conn.Children(path)
		found.must("children", err)
		return strings.Join(names, " ")
	}
	found.expect("created, and deleted", "one", listed())
	data, _, err := conn.Get(path)
	found.must("get", err)
	found.expect("set", "b", string(data))
	_, err = conn.Multi(create("three"), &zk.CheckVersionRequest{Path: path, Version: 0})
	found.refuses("one is refused", zk.ErrBadVersion, err)
	found.expect("none was done", "one", listed())
}

func acl(conn *zk.Conn, found *findings) {
	path := root + "/acl"
	found.must("add auth", conn.AddAuth("digest", []byte("ann:apple")))
	for _, node := range []string{path, path + "-again"} {
		_, err := conn.Create(node, []byte("secret"), 0, zk.AuthACL(zk.PermAll))
		found.must("create", err)
	}
	list, _, err := conn.GetACL(path)
	found.must("get", err)
	found.expect("list", fmt.Sprint(zk.DigestACL(zk.PermAll, "ann", "apple")), fmt.Sprint(list))
	other, _, err := connect()
	found.must("another session", err)
	if err != nil {
		return
	}
	defer other.Close()
	_, _, err = other.Get(path)
	found.refuses("nobody reads", zk.ErrNoAuth, err)
	_, err = other.Set(path, []byte("x"), -1)
	found.refuses("nobody writes", zk.ErrNoAuth, err)
	stat, err := conn.SetACL(path, zk.WorldACL(readOnly), 0)
	found.must("set", err)
	if err == nil {
		found.expect("version of the list", 1, stat.Aversion)
	}
	_, err = other.Sync(path)
	found.must("sync", err)
	data, _, err := other.Get(path)
	found.must("anybody reads", err)
	found.expect("what anybody reads", "secret", string(data))
	_, err = other.Set(path, []byte("x"), -1)
	found.refuses("nobody writes yet", zk.ErrNoAuth, err)
	found.must("add auth", other.AddAuth("digest", []byte("ann:apple")))
	data, _, err = other.Get(path + "-again")
	found.must("who proves it reads", err)
	found.expect("what is read", "secret", string(data))
}

func dataWatch(conn *zk.Conn, found *findings) {
	path := root + "/data-watch"
	found.create(conn, path, "a")
	_, _, events, err := conn.GetW(path)
	found.must("get", err)
	_, err = conn.Set(path, []byte("b"), -1)
	found.must("set", err)
	found.event(events, zk.EventNodeDataChanged, path)
}

func childWatch(conn *zk.Conn, found *findings) {
	path := root + "/child-watch"
	found.create(conn, path, "")
	_, _, events, err := conn.ChildrenW(path)
	found.must("children", err)
	found.create(conn, path+"/a", "")
	found.event(events, zk.EventNodeChildrenChanged, path)
}

func existsWatch(conn *zk.Conn, found *findings) {
	path := root + "/exists-watch"
	isThere, _, events, err := conn.ExistsW(path)
	found.must("exists", err)
	found.expect("not there", false, isThere)
	found.create(conn, path, "")
	found.event(events, zk.EventNodeCreated, path)
	_, _, events, err = conn.ExistsW(path)
	found.must("exists", err)
	found.must("delete", conn.Delete(path, -1))
	found.event(events, zk.EventNodeDeleted, path)
}

func ephemeral(conn *zk.Conn, found *findings) {
	path := root + "/ephemeral"
	other, _, err := connect()
	found.must("another session", err)
	if err != nil {
		return
	}
	_, err = other.Create(path, nil, zk.FlagEphemeral, open)
	found.must("create", err)
	_, err = conn.Sync(path)
	found.must("sync", err)
	isThere, _, events, err := conn.ExistsW(path)
	found.must("exists", err)
	found.expect("seen by another session", true, isThere)
	other.Close()
	found.event(events, zk.EventNodeDeleted, path)
	isThere, _, err = conn.Exists(path)
	found.must("exists", err)
	found.expect("gone with its session", false, isThere)
}

func container(conn *zk.Conn, found *findings) {
	got, err := conn.CreateContainer(root+"/container", nil, zk.FlagContainer, open)
	found.must("create", err)
	found.expect("path", root+"/container", got)
	found.create(conn, root+"/container/a", "")
}

func withTTL(conn *zk.Conn, found *findings) {
	got, err := conn.CreateTTL(root+"/ttl", nil, zk.FlagTTL, open, ttl)
	found.must("create", err)
	found.expect("path", root+"/ttl", got)
}

func sync(conn *zk.Conn, found *findings) {
	got, err := conn.Sync(root)
	found.must("sync", err)
	found.expect("path", root, got)
}
