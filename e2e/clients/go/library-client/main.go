// Go's client, go-zookeeper/zk. What it prints and is told: libraries/library-client.ts.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-zookeeper/zk"
)

const (
	sessionTimeout = 15 * time.Second
	startTimeout   = 30 * time.Second
	pause          = 10 * time.Millisecond
	tellEvery      = 100 * time.Millisecond
)

var (
	hosts           = strings.Split(os.Getenv("HOSTS"), ",")
	root            = "/libraries/" + os.Getenv("NAME")
	open            = zk.WorldACL(zk.PermAll)
	connectionsLost atomic.Int64
	sessionsLost    atomic.Int64
	ended           atomic.Bool
)

type progress struct {
	Writes          int64 `json:"writes"`
	ConnectionsLost int64 `json:"connectionsLost"`
	SessionsLost    int64 `json:"sessionsLost"`
	LongestGapMs    int64 `json:"longestGapMs"`
}

// One that has fired, by its name.
type watched struct {
	name  string
	event zk.Event
}

func main() {
	if err := run(); err != nil {
		fmt.Printf("failed %v\n", err)
		os.Exit(1)
	}
}

func run() error {
	conn, events, err := connect()
	if err != nil {
		return err
	}
	go count(events)
	if _, err := conn.Create(root, nil, 0, open); err != nil {
		return err
	}
	if err := checkAll(conn); err != nil {
		return err
	}
	if err := load(conn); err != nil {
		return fmt.Errorf("load: %w", err)
	}
	conn.Close()
	return nil
}

func connect() (*zk.Conn, <-chan zk.Event, error) {
	conn, events, err := zk.Connect(hosts, sessionTimeout, zk.WithLogger(log.New(io.Discard, "", 0)))
	if err != nil {
		return nil, nil, err
	}
	deadline := time.After(startTimeout)
	for {
		select {
		case event := <-events:
			if event.State == zk.StateHasSession {
				return conn, events, nil
			}
		case <-deadline:
			return nil, nil, errors.New("no session in time")
		}
	}
}

func count(events <-chan zk.Event) {
	for event := range events {
		if event.Type != zk.EventSession || ended.Load() {
			continue
		}
		switch event.State {
		case zk.StateDisconnected:
			connectionsLost.Add(1)
		case zk.StateExpired:
			sessionsLost.Add(1)
		}
	}
}

// Watches, an ephemeral node, and writes until standard input ends.
func load(conn *zk.Conn) error {
	for _, name := range []string{"data", "listed", "writes"} {
		if _, err := conn.Create(root+"/"+name, nil, 0, open); err != nil {
			return err
		}
	}
	if _, err := conn.Create(root+"/own", nil, zk.FlagEphemeral, open); err != nil {
		return err
	}
	fired := make(chan watched, 16)
	for _, name := range []string{"data", "listed", "absent"} {
		if _, err := look(conn, name, fired); err != nil {
			return err
		}
	}
	session := conn.SessionID()
	fmt.Printf("session %x\nready\n", uint64(session))
	go awaitEnd()
	var done progress
	seen := map[string]int{}
	acknowledged := time.Now()
	told := acknowledged
	for isLast := false; !isLast; time.Sleep(pause) {
		isLast = ended.Load()
		if err := tellFired(conn, fired, seen); err != nil {
			return err
		}
		if err := write(conn, done.Writes+1); err != nil {
			return err
		}
		now := time.Now()
		done.LongestGapMs = max(done.LongestGapMs, now.Sub(acknowledged).Milliseconds())
		acknowledged = now
		done.Writes++
		if isLast || now.Sub(told) >= tellEvery {
			told = now
			done.tell()
		}
	}
	fmt.Printf("ended %x\n", uint64(conn.SessionID()))
	return nil
}

func tellFired(conn *zk.Conn, fired chan watched, seen map[string]int) error {
	for {
		select {
		case watch := <-fired:
			if watch.event.Err != nil {
				return fmt.Errorf("the watch of %s: %w", watch.name, watch.event.Err)
			}
			what, err := look(conn, watch.name, fired)
			for isLost(err) {
				time.Sleep(pause)
				what, err = look(conn, watch.name, fired)
			}
			if err != nil {
				return err
			}
			seen[watch.name]++
			fmt.Printf("event %s %d %s\n", watch.name, seen[watch.name], what)
		default:
			return nil
		}
	}
}

// Leaves a watch, and says what is there.
func look(conn *zk.Conn, name string, fired chan<- watched) (string, error) {
	path := root + "/" + name
	var what string
	var events <-chan zk.Event
	var err error
	switch name {
	case "data":
		var data []byte
		data, _, events, err = conn.GetW(path)
		what = string(data)
	case "absent":
		var isThere bool
		isThere, _, events, err = conn.ExistsW(path)
		what = map[bool]string{true: "there", false: "gone"}[isThere]
	default:
		var children []string
		children, _, events, err = conn.ChildrenW(path)
		what = fmt.Sprint(len(children))
	}
	if err != nil {
		return "", err
	}
	go func() { fired <- watched{name, <-events} }()
	return what, nil
}

// A connection that is lost leaves in doubt whether the node was made: it is there then, or is made now.
func write(conn *zk.Conn, number int64) error {
	path := fmt.Sprintf("%s/writes/%d", root, number)
	for isInDoubt := false; ; isInDoubt = true {
		_, err := conn.Create(path, nil, 0, open)
		if err == nil || (isInDoubt && errors.Is(err, zk.ErrNodeExists)) {
			return nil
		}
		if !isLost(err) {
			return fmt.Errorf("write %d: %w", number, err)
		}
		time.Sleep(pause)
	}
}

func isLost(err error) bool {
	return errors.Is(err, zk.ErrConnectionClosed) || errors.Is(err, zk.ErrNoServer)
}

func (done progress) tell() {
	done.ConnectionsLost = connectionsLost.Load()
	done.SessionsLost = sessionsLost.Load()
	line, _ := json.Marshal(done)
	fmt.Printf("progress %s\n", line)
}

func awaitEnd() {
	_, _ = io.Copy(io.Discard, bufio.NewReader(os.Stdin))
	ended.Store(true)
}
