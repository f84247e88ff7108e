// CoreDNS with the few plugins that cluster DNS needs, as its own build file would choose them.
package main

import (
	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"

	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/health"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/loadbalance"
	_ "github.com/coredns/coredns/plugin/ready"
	_ "github.com/coredns/coredns/plugin/template"
)

// The order in which a query passes the plugins.
func init() {
	dnsserver.Directives = []string{"health", "ready", "errors", "loadbalance", "template", "kubernetes"}
}

func main() {
	coremain.Run()
}
