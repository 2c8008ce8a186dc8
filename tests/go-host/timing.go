package main

import (
	"sort"
	"sync"
	"sync/atomic"
	"time"
)

// repeated makes the same call many times and tells how long the calls took, in milliseconds.
func repeated(c *command, call func() error) (any, error) {
	lanes := max(1, c.Concurrency)
	took := make([]time.Duration, c.Repeat)
	var next, failed atomic.Int64
	var first error
	var once sync.Once
	var running sync.WaitGroup
	began := time.Now()
	for lane := 0; lane < lanes; lane++ {
		running.Add(1)
		go func() {
			defer running.Done()
			for index := next.Add(1) - 1; index < int64(c.Repeat); index = next.Add(1) - 1 {
				from := time.Now()
				if err := call(); err != nil {
					failed.Add(1)
					once.Do(func() { first = err })
				}
				took[index] = time.Since(from)
			}
		}()
	}
	running.Wait()
	whole := time.Since(began)
	sort.Slice(took, func(a, b int) bool { return took[a] < took[b] })
	at := func(share float64) float64 {
		return milliseconds(took[min(len(took)-1, int(share*float64(len(took))))])
	}
	data := map[string]any{"calls": c.Repeat, "failed": failed.Load(), "wholeMs": milliseconds(whole), "p50Ms": at(0.5), "p99Ms": at(0.99), "maxMs": at(1)}
	return data, first
}
