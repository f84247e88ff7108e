// Load of go-zookeeper over one connection. What it is told and prints: ceilings/run.ts.
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-zookeeper/zk"
)

type silent struct{}

func (silent) Printf(string, ...interface{}) {}

func number(name string) int {
	value, err := strconv.Atoi(os.Getenv(name))
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	conn, _, err := zk.Connect(strings.Split(os.Getenv("HOSTS"), ","), 10*time.Second, zk.WithLogger(silent{}))
	if err != nil {
		panic(err)
	}
	path := os.Getenv("PATH_OF_NODE")
	value := bytes.Repeat([]byte("v"), number("BYTES"))
	ask := func() error { _, _, err := conn.Get(path); return err }
	if os.Getenv("WORK") == "set" {
		ask = func() error { _, err := conn.Set(path, value, -1); return err }
	}
	if err := ask(); err != nil {
		panic(err)
	}
	var operations atomic.Int64
	var lanes sync.WaitGroup
	began := time.Now()
	endsAt := began.Add(time.Duration(number("SECONDS")) * time.Second)
	for i := 0; i < number("DEPTH"); i++ {
		lanes.Add(1)
		go func() {
			defer lanes.Done()
			for time.Now().Before(endsAt) {
				if err := ask(); err != nil {
					panic(err)
				}
				operations.Add(1)
			}
		}()
	}
	lanes.Wait()
	fmt.Printf("done %d %f\n", operations.Load(), time.Since(began).Seconds())
	_, _ = io.ReadAll(os.Stdin)
	conn.Close()
}
