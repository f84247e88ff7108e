# Two commands: `make run` (a three-member ensemble on this machine) and `make test`. Everything else is for those who work on it.
SHELL := /bin/sh
NODE := node_modules/.bin/node
# Tools that npm installs must find the packaged Node, not the machine's own.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
SEEDS ?= 200

.PHONY: help run test check test-clients test-weight test-kazoo test-curator test-compatibility test-prometheus test-window neighbours sim bench nightly release next-version kube-up kube-down images packages e2e demo setup clean

help:
	@echo 'make run           start three members on 127.0.0.1:2181-2183, data in ./.rookery (Ctrl-C stops them)'
	@echo 'make test          types, lint, every test that needs only Node and Python'
	@echo 'make test-clients  kazoo, zkCli, clients in TypeScript, Java, C, Go, Node and Rust against three processes, with rounds of kill -9 (needs a JDK, Maven, Go, Cargo, a C compiler, apt-get)'
	@echo 'make test-weight   four minutes of mixed load and faults on small machines (needs Linux and root)'
	@echo "make test-kazoo    kazoo's own test suite against three processes (needs Python)"
	@echo "make test-curator  Curator's own test suites, each class with members of its own (needs a JDK and Maven)"
	@echo 'make test-compatibility  every reply beside that of Apache ZooKeeper, byte for byte (needs Java and Maven)'
	@echo "make test-prometheus  the alerts, each made to fire, and three members scraped (needs Prometheus, or Debian's package of it)"
	@echo "make test-window   the page of three members in a real Chromium (needs one, or Debian's apt-get)"
	@echo 'make neighbours    programs that people run beside ZooKeeper: Kafka, HBase and others, each through a killed leader (needs a JDK, Maven, Python, apt-get)'
	@echo 'make sim SEEDS=n   n seeds of the whole-member simulator'
	@echo 'make kube-up       a Kubernetes of three nodes for the tests: by kind where Docker runs, else in namespaces (needs root and Go)'
	@echo 'make kube-down     end it and leave nothing behind'
	@echo 'make images        the container images, by Docker, Podman or Buildah; BASE=scratch needs no registry'
	@echo 'make packages      the npm packages, under .rookery/packages'
	@echo 'make e2e           the operator on that Kubernetes: images, Helm, scenarios, and the end of it all'
	@echo 'make demo          an ensemble of the last release on that Kubernetes, upgraded while clients write; it stays up to try'
	@echo 'make bench         side by side with Apache ZooKeeper, and clients side by side (needs Java, Maven, Go and Python)'
	@echo 'make nightly       all of it, at length'
	@echo 'make release VERSION=x.y.z  write the version of a release everywhere; docs/releasing.md'
	@echo 'make next-version VERSION=x.y.z  write the version that comes after a release; docs/releasing.md'
	@echo 'make clean         remove what was installed and the data in ./.rookery'

setup: node_modules/.installed server/dist/bin/rookery-server.mjs operator/dist/bin/rookery-operator.mjs cli/dist/bin/rookery.mjs

node_modules/.installed: package.json package-lock.json $(wildcard */package.json)
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

server/dist/bin/rookery-server.mjs: node_modules/.installed $(shell find server/src protocol/src raft/src -name '*.ts')
	@$(NODE) server/scripts/bundle.ts

operator/dist/bin/rookery-operator.mjs: node_modules/.installed $(shell find operator/src kube/src crds/src -name '*.ts')
	@$(NODE) operator/scripts/bundle.ts

cli/dist/bin/rookery.mjs: node_modules/.installed $(shell find cli/src client/src protocol/src -name '*.ts')
	@$(NODE) cli/scripts/bundle.ts

run: setup
	@$(NODE) scripts/run-ensemble.ts

check: setup
	npm run --silent check

test: setup
	@$(NODE) scripts/tiers.ts test

test-clients: setup
	@$(NODE) scripts/tiers.ts clients

test-weight: setup
	@$(NODE) scripts/tiers.ts weight

test-kazoo: setup
	@$(NODE) e2e/clients/kazoo/run.ts

test-curator: setup
	@$(NODE) e2e/clients/curator/run.ts

test-compatibility: setup
	@$(NODE) e2e/compatibility/run.ts

test-prometheus: setup
	@$(NODE) e2e/prometheus/run.ts

test-window: setup
	@$(NODE) e2e/window/run.ts

neighbours: setup
	@$(NODE) scripts/tiers.ts neighbours

sim: setup
	@$(NODE) server/sim/main.ts --seeds $(SEEDS)

kube-up: node_modules/.installed
	@$(NODE) tools/kube/main.ts up

kube-down: node_modules/.installed
	@$(NODE) tools/kube/main.ts down

images: setup
	@$(NODE) tools/kube/images/main.ts

packages: setup
	@for package in raft client cli; do $(NODE) $$package/scripts/pack.ts .rookery/packages || exit 1; done

e2e: setup
	@$(NODE) scripts/tiers.ts e2e

demo: setup
	@$(NODE) e2e/operator/demo.ts

bench: setup
	@$(NODE) bench/src/main.ts
	@$(NODE) e2e/clients/ceilings/run.ts

nightly: setup
	@$(NODE) scripts/tiers.ts nightly

release: setup
	@$(NODE) scripts/release/main.ts release $(VERSION)

next-version: setup
	@$(NODE) scripts/release/main.ts next $(VERSION)

clean:
	rm -rf node_modules .rookery
