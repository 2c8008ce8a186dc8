package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// followed is one live channel: what came through it, and when.
type followed struct {
	mutex  sync.Mutex
	schema json.RawMessage
	// rows in Unix milliseconds of arrival, with the values of each row.
	rows   []map[string]any
	err    error
	ended  bool
	cancel context.CancelFunc
}

func (c *command) streamContext() (*pluginv2.PluginContext, []byte) {
	return c.Context.wire(), []byte(c.Body)
}

func subscribe(h *host, c *command, r *report) (any, error) {
	p, err := h.current()
	if err != nil {
		return nil, err
	}
	wire, body := c.streamContext()
	ctx, cancel := c.limited()
	defer cancel()
	reply, err := p.stream.SubscribeStream(ctx, &pluginv2.SubscribeStreamRequest{PluginContext: wire, Path: c.Path, Data: body, Headers: c.Headers})
	if err != nil {
		return nil, err
	}
	c.Expect.text(r, "subscribe status", reply.Status.String())
	if reply.Status != pluginv2.SubscribeStreamResponse_OK {
		return map[string]any{"status": reply.Status.String()}, nil
	}
	// Grafana hands this to the browser; it must be a frame without rows.
	frame := &data.Frame{}
	if err := json.Unmarshal(reply.Data, frame); err != nil {
		return nil, fmt.Errorf("the schema does not decode: %w: %s", err, reply.Data)
	}
	var parts struct {
		Schema json.RawMessage `json:"schema"`
	}
	if err := json.Unmarshal(reply.Data, &parts); err != nil {
		return nil, err
	}
	h.mutex.Lock()
	h.streams[c.Path] = &followed{schema: parts.Schema}
	h.mutex.Unlock()
	return map[string]any{"status": reply.Status.String(), "frame": describe(frame, true)}, nil
}

func publish(h *host, c *command, r *report) (any, error) {
	p, err := h.current()
	if err != nil {
		return nil, err
	}
	wire, body := c.streamContext()
	ctx, cancel := c.limited()
	defer cancel()
	reply, err := p.stream.PublishStream(ctx, &pluginv2.PublishStreamRequest{PluginContext: wire, Path: c.Path, Data: body, Headers: c.Headers})
	if err != nil {
		return nil, err
	}
	c.Expect.text(r, "publish status", reply.Status.String())
	return map[string]any{"status": reply.Status.String()}, nil
}

func (h *host) followed(path string) (*followed, error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	stream := h.streams[path]
	if stream == nil {
		return nil, fmt.Errorf("nobody has subscribed %q", path)
	}
	return stream, nil
}

// runStream follows a subscribed channel in the background.
func runStream(h *host, c *command, _ *report) (any, error) {
	p, err := h.current()
	if err != nil {
		return nil, err
	}
	stream, err := h.followed(c.Path)
	if err != nil {
		return nil, err
	}
	wire, body := c.streamContext()
	ctx, cancel := context.WithCancel(context.Background())
	call, err := p.stream.RunStream(ctx, &pluginv2.RunStreamRequest{PluginContext: wire, Path: c.Path, Data: body, Headers: c.Headers})
	if err != nil {
		cancel()
		return nil, err
	}
	stream.mutex.Lock()
	stream.cancel, stream.ended, stream.err = cancel, false, nil
	stream.mutex.Unlock()
	go func() {
		for {
			packet, err := call.Recv()
			arrived := time.Now()
			if err == nil {
				err = stream.take(packet.Data, arrived)
			}
			if err != nil {
				stream.mutex.Lock()
				stream.err, stream.ended = err, true
				stream.mutex.Unlock()
				return
			}
		}
	}()
	return nil, nil
}

// take reads the rows of one packet with the schema of the subscription.
func (f *followed) take(packet []byte, arrived time.Time) error {
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(packet, &parts); err != nil {
		return err
	}
	if _, has := parts["schema"]; has || parts["data"] == nil {
		return fmt.Errorf("a packet must hold data only: %.200s", packet)
	}
	// The decoder wants the schema before the data.
	whole := fmt.Sprintf(`{"schema":%s,"data":%s}`, f.schema, parts["data"])
	frame := &data.Frame{}
	if err := json.Unmarshal([]byte(whole), frame); err != nil {
		return fmt.Errorf("a packet does not fit the schema: %w: %.500s", err, packet)
	}
	count, err := frame.RowLen()
	if err != nil {
		return err
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	for row := 0; row < count; row++ {
		values := map[string]any{}
		for _, field := range frame.Fields {
			values[field.Name] = plain(field, row)
		}
		f.rows = append(f.rows, map[string]any{"arrivedMs": float64(arrived.UnixMicro()) / 1000, "values": values})
	}
	return nil
}

// streamRows waits until the channel has given as many rows as were asked for.
func streamRows(h *host, c *command, r *report) (any, error) {
	stream, err := h.followed(c.Path)
	if err != nil {
		return nil, err
	}
	limit := c.TimeoutMs
	if limit == 0 {
		limit = 10_000
	}
	end := time.Now().Add(time.Duration(limit) * time.Millisecond)
	for {
		stream.mutex.Lock()
		rows, failure, ended := stream.rows, stream.err, stream.ended
		stream.mutex.Unlock()
		if len(rows) >= c.Rows {
			return rows, nil
		}
		if ended {
			return rows, fmt.Errorf("the stream ended: %w", failure)
		}
		if time.Now().After(end) {
			return rows, fmt.Errorf("%d rows came in place of %d", len(rows), c.Rows)
		}
		time.Sleep(time.Millisecond)
	}
}

// cancelStream ends a channel as Grafana does when nobody listens any more.
func cancelStream(h *host, c *command, r *report) (any, error) {
	stream, err := h.followed(c.Path)
	if err != nil {
		return nil, err
	}
	stream.cancel()
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		stream.mutex.Lock()
		ended, failure := stream.ended, stream.err
		stream.mutex.Unlock()
		if ended {
			r.check(status.Code(failure) == codes.Canceled || errors.Is(failure, io.EOF), "the stream ended with %v", failure)
			return nil, nil
		}
	}
	return nil, errors.New("the stream did not end")
}
