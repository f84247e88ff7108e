// Go's client over TLS, with a client certificate, for as long as the scenario wants. What it prints and is told: tls-rotation/rotating-client.ts.
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-zookeeper/zk"
)

const (
	root           = "/tls-rotation/"
	sessionTimeout = 15 * time.Second
	startTimeout   = 30 * time.Second
	pause          = 10 * time.Millisecond
	tellEvery      = 100 * time.Millisecond
)

var (
	hosts           = strings.Split(os.Getenv("HOSTS"), ",")
	name            = os.Getenv("NAME")
	connectionsLost atomic.Int64
	sessionsLost    atomic.Int64
	ended           atomic.Bool
	errNoSession    = errors.New("no session in time")
)

type progress struct {
	Writes          int64 `json:"writes"`
	Reads           int64 `json:"reads"`
	ConnectionsLost int64 `json:"connectionsLost"`
	SessionsLost    int64 `json:"sessionsLost"`
	LongestGapMs    int64 `json:"longestGapMs"`
}

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	conn, events, err := connect(os.Getenv("CERTIFICATES"), startTimeout)
	if err != nil {
		return err
	}
	go count(events)
	if _, err := conn.Create(root+name, nil, zk.FlagEphemeral, zk.WorldACL(zk.PermAll)); err != nil {
		return err
	}
	if _, err := conn.Create(root+name+"-writes", []byte("0"), 0, zk.WorldACL(zk.PermAll)); err != nil {
		return err
	}
	stepChanged, err := seeStep(conn)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	go obey()
	if err := write(conn, stepChanged); err != nil {
		return err
	}
	conn.Close()
	return nil
}

func write(conn *zk.Conn, stepChanged <-chan zk.Event) error {
	var done progress
	acknowledged := time.Now()
	told := acknowledged
	for !ended.Load() {
		select {
		case <-stepChanged:
			var err error
			if stepChanged, err = seeStep(conn); err != nil {
				return err
			}
		default:
		}
		value := fmt.Sprint(done.Writes + 1)
		if _, err := conn.Set(root+name+"-writes", []byte(value), -1); err != nil {
			return fmt.Errorf("write %s: %w", value, err)
		}
		now := time.Now()
		done.LongestGapMs = max(done.LongestGapMs, now.Sub(acknowledged).Milliseconds())
		acknowledged = now
		done.Writes++
		read, _, err := conn.Get(root + name + "-writes")
		if err != nil {
			return fmt.Errorf("read %s: %w", value, err)
		}
		if string(read) != value {
			return fmt.Errorf("wrote %s and read %s", value, read)
		}
		done.Reads++
		if now.Sub(told) >= tellEvery {
			told = now
			done.tell()
		}
		time.Sleep(pause)
	}
	done.tell()
	return nil
}

func (done progress) tell() {
	done.ConnectionsLost = connectionsLost.Load()
	done.SessionsLost = sessionsLost.Load()
	line, _ := json.Marshal(done)
	fmt.Printf("progress %s\n", line)
}

// Prints what the step holds; the channel tells when it has changed since.
func seeStep(conn *zk.Conn) (<-chan zk.Event, error) {
	data, _, changed, err := conn.GetW(root + "step")
	if err != nil {
		return nil, fmt.Errorf("watch the step: %w", err)
	}
	fmt.Printf("step %s\n", data)
	return changed, nil
}

func count(events <-chan zk.Event) {
	for event := range events {
		if event.Type != zk.EventSession || ended.Load() {
			continue
		}
		switch event.State {
		case zk.StateDisconnected:
			connectionsLost.Add(1)
			fmt.Println("lost the connection")
		case zk.StateExpired:
			sessionsLost.Add(1)
			fmt.Println("lost the session")
		}
	}
}

// Returns once it has a session. Certificates are read from the folder at each dial.
func connect(folder string, timeout time.Duration) (*zk.Conn, <-chan zk.Event, error) {
	dial := func(network, address string, timeout time.Duration) (net.Conn, error) {
		config, err := configOf(folder)
		if err != nil {
			return nil, err
		}
		return tls.DialWithDialer(&net.Dialer{Timeout: timeout}, network, address, config)
	}
	conn, events, err := zk.Connect(hosts, sessionTimeout, zk.WithDialer(dial))
	if err != nil {
		return nil, nil, err
	}
	deadline := time.After(timeout)
	for {
		select {
		case event := <-events:
			if event.State == zk.StateHasSession {
				return conn, events, nil
			}
		case <-deadline:
			conn.Close()
			return nil, nil, errNoSession
		}
	}
}

func configOf(folder string) (*tls.Config, error) {
	certificate, err := tls.LoadX509KeyPair(filepath.Join(folder, "tls.crt"), filepath.Join(folder, "tls.key"))
	if err != nil {
		return nil, err
	}
	bundle, err := os.ReadFile(filepath.Join(folder, "ca.pem"))
	if err != nil {
		return nil, err
	}
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM(bundle) {
		return nil, fmt.Errorf("no certificate in %s/ca.pem", folder)
	}
	return &tls.Config{Certificates: []tls.Certificate{certificate}, RootCAs: trusted}, nil
}

func obey() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		words := strings.SplitN(lines.Text(), " ", 4)
		timeout, err := time.ParseDuration(words[2] + "ms")
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("verdict %s %s\n", words[1], verdict(words[3], timeout))
	}
	ended.Store(true)
}

func verdict(folder string, timeout time.Duration) string {
	conn, _, err := connect(folder, timeout)
	if errors.Is(err, errNoSession) {
		return "refused"
	}
	if err != nil {
		return err.Error()
	}
	defer conn.Close()
	path, err := conn.Create(root+name+"-new", []byte("new"), zk.FlagEphemeral, zk.WorldACL(zk.PermAll))
	if err != nil {
		return err.Error()
	}
	data, _, err := conn.Get(path)
	if err != nil {
		return err.Error()
	}
	if string(data) != "new" {
		return "read something else"
	}
	return "connected"
}
