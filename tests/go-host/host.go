package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend/grpcplugin"
	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
)

// lines keeps what the plugin's log became after go-plugin had parsed it.
type lines struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(p)
}

func (l *lines) all() []string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return strings.Split(strings.TrimSpace(l.text.String()), "\n")
}

// plugin is one started process with a client for each service.
type plugin struct {
	client      *goplugin.Client
	command     *exec.Cmd
	log         *lines
	diagnostics grpcplugin.DiagnosticsClient
	resource    grpcplugin.ResourceClient
	data        grpcplugin.DataClient
	stream      grpcplugin.StreamClient
}

type host struct {
	mutex   sync.Mutex
	plugin  *plugin
	streams map[string]*followed
}

func newHost() *host {
	return &host{streams: map[string]*followed{}}
}

func (h *host) current() (*plugin, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.plugin == nil {
		return nil, errors.New("no plugin was started")
	}
	return h.plugin, nil
}

func (h *host) end() {
	if p, err := h.current(); err == nil {
		p.client.Kill()
	}
}

// pluginSet names the services as Grafana does.
func pluginSet() goplugin.PluginSet {
	return goplugin.PluginSet{
		"diagnostics": &grpcplugin.DiagnosticsGRPCPlugin{},
		"resource":    &grpcplugin.ResourceGRPCPlugin{},
		"data":        &grpcplugin.DataGRPCPlugin{},
		"stream":      &grpcplugin.StreamGRPCPlugin{},
		"admission":   &grpcplugin.AdmissionGRPCPlugin{},
		"conversion":  &grpcplugin.ConversionGRPCPlugin{},
	}
}

func dispense[T any](protocol goplugin.ClientProtocol, name string) (T, error) {
	raw, err := protocol.Dispense(name)
	if err != nil {
		var none T
		return none, err
	}
	client, fits := raw.(T)
	if !fits {
		return client, fmt.Errorf("service %s has an unexpected type", name)
	}
	return client, nil
}

func (p *plugin) dispenseAll(protocol goplugin.ClientProtocol) (err error) {
	if p.diagnostics, err = dispense[grpcplugin.DiagnosticsClient](protocol, "diagnostics"); err != nil {
		return err
	}
	if p.resource, err = dispense[grpcplugin.ResourceClient](protocol, "resource"); err != nil {
		return err
	}
	if p.data, err = dispense[grpcplugin.DataClient](protocol, "data"); err != nil {
		return err
	}
	p.stream, err = dispense[grpcplugin.StreamClient](protocol, "stream")
	return err
}

// start runs the program with exactly the given environment, as Grafana does, and connects.
func start(h *host, c *command, r *report) (any, error) {
	p := &plugin{command: exec.Command(c.Program, c.Args...), log: &lines{}}
	p.command.Env = c.Env
	p.client = goplugin.NewClient(&goplugin.ClientConfig{
		Cmd: p.command,
		HandshakeConfig: goplugin.HandshakeConfig{
			ProtocolVersion:  grpcplugin.ProtocolVersion,
			MagicCookieKey:   grpcplugin.MagicCookieKey,
			MagicCookieValue: grpcplugin.MagicCookieValue,
		},
		VersionedPlugins: map[int]goplugin.PluginSet{grpcplugin.ProtocolVersion: pluginSet()},
		SkipHostEnv:      true,
		Logger:           hclog.New(&hclog.LoggerOptions{Output: p.log, JSONFormat: true, Level: hclog.Trace}),
		AllowedProtocols: []goplugin.Protocol{goplugin.ProtocolGRPC},
	})
	began := time.Now()
	protocol, err := p.client.Client()
	if err != nil {
		return map[string]any{"log": p.log.all()}, err
	}
	ready := time.Since(began)
	if err := p.dispenseAll(protocol); err != nil {
		return nil, err
	}
	h.mutex.Lock()
	h.plugin = p
	h.mutex.Unlock()
	reattach := p.client.ReattachConfig()
	return map[string]any{
		"pid":      reattach.Pid,
		"network":  reattach.Addr.Network(),
		"address":  reattach.Addr.String(),
		"readyMs":  milliseconds(ready),
		"protocol": p.client.NegotiatedVersion(),
	}, nil
}

// ping asks gRPC's health service, as go-plugin does for itself.
func ping(h *host, _ *command, _ *report) (any, error) {
	p, err := h.current()
	if err != nil {
		return nil, err
	}
	protocol, err := p.client.Client()
	if err != nil {
		return nil, err
	}
	return nil, protocol.Ping()
}

func logs(h *host, _ *command, _ *report) (any, error) {
	p, err := h.current()
	if err != nil {
		return nil, err
	}
	return p.log.all(), nil
}

// kill ends the process as the kernel does when memory runs out.
func kill(h *host, _ *command, _ *report) (any, error) {
	p, err := h.current()
	if err != nil {
		return nil, err
	}
	if err := p.command.Process.Signal(syscall.SIGKILL); err != nil {
		return nil, err
	}
	return nil, p.awaitExit(5 * time.Second)
}

func (p *plugin) awaitExit(limit time.Duration) error {
	for end := time.Now().Add(limit); !p.client.Exited(); {
		if time.Now().After(end) {
			return fmt.Errorf("the process still runs after %s", limit)
		}
		time.Sleep(2 * time.Millisecond)
	}
	return nil
}

// shutdown stops the plugin as Grafana does. It must answer and leave by itself, with exit code 0.
func shutdown(h *host, _ *command, r *report) (any, error) {
	p, err := h.current()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	p.client.Kill()
	took := time.Since(began)
	state := p.command.ProcessState
	if state == nil {
		return nil, errors.New("the process has not ended")
	}
	r.check(state.ExitCode() == 0, "exit code %d (%s)", state.ExitCode(), state)
	for _, line := range p.log.all() {
		r.check(!strings.Contains(line, "failed to exit gracefully"), "the host had to kill it")
	}
	return map[string]any{"tookMs": milliseconds(took)}, nil
}

// bare runs the program by hand, without what Grafana sets, and waits for its end.
func bare(_ *host, c *command, _ *report) (any, error) {
	limited, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	run := exec.CommandContext(limited, c.Program, c.Args...)
	run.Env = c.Env
	var stdout, stderr bytes.Buffer
	run.Stdout, run.Stderr = &stdout, &stderr
	err := run.Run()
	var failure *exec.ExitError
	if err != nil && !errors.As(err, &failure) {
		return nil, err
	}
	return map[string]any{"exitCode": run.ProcessState.ExitCode(), "stdout": stdout.String(), "stderr": stderr.String()}, nil
}

func milliseconds(d time.Duration) float64 {
	return float64(d.Microseconds()) / 1000
}
