// The host side of Grafana's plugin protocol, made of the libraries that Grafana itself uses. It starts a plugin as Grafana does,
// does what it is told on standard input (one JSON object a line) and answers each with one JSON line on standard output.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sync"
)

// command is one line of input. Which fields count depends on Op.
type command struct {
	ID string `json:"id"`
	Op string `json:"op"`

	// start
	Program string   `json:"program"`
	Args    []string `json:"args"`
	Env     []string `json:"env"`

	// calls
	Context       contextSpec       `json:"context"`
	Headers       map[string]string `json:"headers"`
	Queries       []querySpec       `json:"queries"`
	Path          string            `json:"path"`
	Method        string            `json:"method"`
	URL           string            `json:"url"`
	Body          string            `json:"body"`
	BodyBytes     int               `json:"bodyBytes"`
	CancelAfterMs int               `json:"cancelAfterMs"`
	// WithValues asks for the values of every decoded frame.
	WithValues bool `json:"withValues"`

	// repeated calls
	Repeat      int `json:"repeat"`
	Concurrency int `json:"concurrency"`

	// streams: name of a stream that runs, how many rows to wait for
	Stream    string `json:"stream"`
	Rows      int    `json:"rows"`
	TimeoutMs int    `json:"timeoutMs"`

	Expect expectation `json:"expect"`
}

// answer is one line of output. OK is false when an expectation did not hold or the call itself failed; Problems say how.
type answer struct {
	ID       string   `json:"id"`
	Op       string   `json:"op"`
	OK       bool     `json:"ok"`
	Problems []string `json:"problems,omitempty"`
	Data     any      `json:"data,omitempty"`
}

// report collects what is wrong with one answer.
type report struct{ problems []string }

func (r *report) add(format string, values ...any) {
	r.problems = append(r.problems, fmt.Sprintf(format, values...))
}

func (r *report) check(holds bool, format string, values ...any) {
	if !holds {
		r.add(format, values...)
	}
}

type operation func(h *host, c *command, r *report) (any, error)

var operations = map[string]operation{
	"start":     start,
	"ping":      ping,
	"logs":      logs,
	"kill":      kill,
	"shutdown":  shutdown,
	"bare":      bare,
	"health":    health,
	"metrics":   metrics,
	"query":     query,
	"chunked":   chunked,
	"resource":  resource,
	"subscribe": subscribe,
	"publish":   publish,
	"run":       runStream,
	"rows":      streamRows,
	"cancel":    cancelStream,
	"absent":    absent,
}

func perform(h *host, c *command) (result answer) {
	r := &report{}
	result = answer{ID: c.ID, Op: c.Op}
	defer func() {
		if cause := recover(); cause != nil {
			r.add("panic: %v", cause)
		}
		result.Problems = r.problems
		result.OK = len(r.problems) == 0
	}()
	operate, known := operations[c.Op]
	if !known {
		r.add("unknown operation %q", c.Op)
		return
	}
	data, err := operate(h, c, r)
	if err != nil {
		r.add("%v", err)
	}
	result.Data = data
	return
}

func main() {
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(make([]byte, 64*1024), 64*1024*1024)
	output := json.NewEncoder(os.Stdout)
	var writing sync.Mutex
	var running sync.WaitGroup
	h := newHost()
	for input.Scan() {
		c := &command{}
		if err := json.Unmarshal(input.Bytes(), c); err != nil {
			fmt.Fprintln(os.Stderr, "unreadable command:", err)
			os.Exit(2)
		}
		running.Add(1)
		go func() {
			defer running.Done()
			result := perform(h, c)
			writing.Lock()
			defer writing.Unlock()
			if err := output.Encode(result); err != nil {
				fmt.Fprintln(os.Stderr, "unwritable answer:", err)
			}
		}()
	}
	running.Wait()
	h.end()
}
