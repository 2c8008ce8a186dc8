package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

type contextSpec struct {
	OrgID int64 `json:"orgId"`
	// No user: Grafana acts by itself.
	User *struct {
		Login string `json:"login"`
		Role  string `json:"role"`
	} `json:"user"`
	DataSource *struct {
		UID       string            `json:"uid"`
		URL       string            `json:"url"`
		JSONData  json.RawMessage   `json:"jsonData"`
		Secure    map[string]string `json:"secure"`
		UpdatedMs int64             `json:"updatedMs"`
	} `json:"dataSource"`
}

func (s contextSpec) wire() *pluginv2.PluginContext {
	wire := &pluginv2.PluginContext{
		OrgId:         s.OrgID,
		PluginId:      "hemostat-events-datasource",
		GrafanaConfig: map[string]string{"GF_APP_URL": "http://localhost:3000/"},
		UserAgent:     "Grafana/12.4.0 (linux; amd64)",
	}
	if s.User != nil {
		wire.User = &pluginv2.User{Login: s.User.Login, Name: s.User.Login, Role: s.User.Role}
	}
	if s.DataSource != nil {
		wire.DataSourceInstanceSettings = &pluginv2.DataSourceInstanceSettings{
			Id:                      1,
			Name:                    "HemoStat",
			Uid:                     s.DataSource.UID,
			Url:                     s.DataSource.URL,
			JsonData:                s.DataSource.JSONData,
			DecryptedSecureJsonData: s.DataSource.Secure,
			LastUpdatedMS:           s.DataSource.UpdatedMs,
		}
	}
	return wire
}

type querySpec struct {
	RefID string          `json:"refId"`
	JSON  json.RawMessage `json:"json"`
	// Raw is sent in place of JSON when it is set: bytes that need not be JSON.
	Raw           string `json:"raw"`
	QueryType     string `json:"queryType"`
	From          int64  `json:"from"`
	To            int64  `json:"to"`
	MaxDataPoints int64  `json:"maxDataPoints"`
	IntervalMs    int64  `json:"intervalMs"`
}

func (s querySpec) wire() *pluginv2.DataQuery {
	body := []byte(s.JSON)
	if s.Raw != "" {
		body = []byte(s.Raw)
	}
	return &pluginv2.DataQuery{
		RefId:         s.RefID,
		QueryType:     s.QueryType,
		Json:          body,
		MaxDataPoints: s.MaxDataPoints,
		IntervalMS:    s.IntervalMs,
		TimeRange:     &pluginv2.TimeRange{FromEpochMS: s.From, ToEpochMS: s.To},
	}
}

func (c *command) queryRequest() *pluginv2.QueryDataRequest {
	request := &pluginv2.QueryDataRequest{PluginContext: c.Context.wire(), Headers: c.Headers}
	for _, q := range c.Queries {
		request.Queries = append(request.Queries, q.wire())
	}
	return request
}

// limited gives the context of one call; with CancelAfterMs the caller goes away in the middle.
func (c *command) limited() (context.Context, context.CancelFunc) {
	if c.CancelAfterMs > 0 {
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(time.Duration(c.CancelAfterMs)*time.Millisecond, cancel)
		return ctx, cancel
	}
	return context.WithTimeout(context.Background(), time.Duration(max(c.TimeoutMs, 60_000))*time.Millisecond)
}

func health(h *host, c *command, r *report) (any, error) {
	p, err := h.current()
	if err != nil {
		return nil, err
	}
	ctx, cancel := c.limited()
	defer cancel()
	reply, err := p.diagnostics.CheckHealth(ctx, &pluginv2.CheckHealthRequest{PluginContext: c.Context.wire(), Headers: c.Headers})
	if err != nil {
		return nil, err
	}
	// Grafana answers HTTP 500 where the details are no object.
	var details map[string]any
	if err := json.Unmarshal(reply.JsonDetails, &details); err != nil {
		r.add("jsonDetails is no JSON object: %v", err)
	}
	c.Expect.text(r, "health status", reply.Status.String())
	c.Expect.contains(r, reply.Message+fmt.Sprint(details["verboseMessage"]))
	return map[string]any{"status": reply.Status.String(), "message": reply.Message, "details": details}, nil
}

func metrics(h *host, c *command, r *report) (any, error) {
	p, err := h.current()
	if err != nil {
		return nil, err
	}
	ctx, cancel := c.limited()
	defer cancel()
	reply, err := p.diagnostics.CollectMetrics(ctx, &pluginv2.CollectMetricsRequest{PluginContext: c.Context.wire()})
	if err != nil {
		return nil, err
	}
	text := string(reply.GetMetrics().GetPrometheus())
	c.Expect.contains(r, text)
	return text, nil
}

func responseOf(c *command, r *report, refID string, response *pluginv2.DataResponse) map[string]any {
	frames := make([]*data.Frame, 0, len(response.Frames))
	for index, encoded := range response.Frames {
		frame, err := data.UnmarshalArrowFrame(encoded)
		if err != nil {
			r.add("refId %s frame %d does not decode: %v", refID, index, err)
			continue
		}
		r.check(frame.RefID == refID, "refId %s frame %d bears the refId %q", refID, index, frame.RefID)
		frames = append(frames, frame)
	}
	c.Expect.response(r, refID, response, frames)
	shown := make([]any, 0, len(frames))
	for _, frame := range frames {
		shown = append(shown, describe(frame, c.WithValues))
	}
	return map[string]any{"status": response.Status, "error": response.Error, "errorSource": response.ErrorSource, "frames": shown}
}

func query(h *host, c *command, r *report) (any, error) {
	p, err := h.current()
	if err != nil {
		return nil, err
	}
	request := c.queryRequest()
	if c.Repeat > 0 {
		return repeated(c, func() error {
			reply, err := p.data.QueryData(context.Background(), request)
			if err != nil {
				return err
			}
			for refID, response := range reply.Responses {
				if response.Error != "" {
					return fmt.Errorf("refId %s: %s", refID, response.Error)
				}
				for _, encoded := range response.Frames {
					if _, err := data.UnmarshalArrowFrame(encoded); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
	ctx, cancel := c.limited()
	defer cancel()
	reply, err := p.data.QueryData(ctx, request)
	if c.CancelAfterMs > 0 {
		r.check(status.Code(err) == codes.Canceled, "expected the call to be cancelled, got %v", err)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	responses := map[string]any{}
	for _, q := range c.Queries {
		response, answered := reply.Responses[q.RefID]
		if !answered {
			r.add("refId %s was not answered", q.RefID)
			continue
		}
		responses[q.RefID] = responseOf(c, r, q.RefID, response)
	}
	r.check(len(reply.Responses) == len(responses), "%d responses for %d refIds", len(reply.Responses), len(responses))
	return responses, nil
}

// chunked asks for the same answers frame by frame.
func chunked(h *host, c *command, r *report) (any, error) {
	p, err := h.current()
	if err != nil {
		return nil, err
	}
	request := c.queryRequest()
	ctx, cancel := c.limited()
	defer cancel()
	stream, err := p.data.QueryChunkedData(ctx, &pluginv2.QueryChunkedDataRequest{PluginContext: request.PluginContext, Headers: request.Headers, Queries: request.Queries})
	if err != nil {
		return nil, err
	}
	gathered := map[string]*pluginv2.DataResponse{}
	for {
		chunk, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		response := gathered[chunk.RefId]
		if response == nil {
			response = &pluginv2.DataResponse{}
			gathered[chunk.RefId] = response
		}
		response.Status, response.Error, response.ErrorSource = chunk.Status, chunk.Error, chunk.ErrorSource
		if len(chunk.Frame) > 0 {
			response.Frames = append(response.Frames, chunk.Frame)
		}
	}
	responses := map[string]any{}
	for refID, response := range gathered {
		responses[refID] = responseOf(c, r, refID, response)
	}
	return responses, nil
}

func resource(h *host, c *command, r *report) (any, error) {
	p, err := h.current()
	if err != nil {
		return nil, err
	}
	body := []byte(c.Body)
	if c.BodyBytes > 0 {
		body = []byte(strings.Repeat("x", c.BodyBytes))
	}
	headers := map[string]*pluginv2.StringList{}
	for name, value := range c.Headers {
		headers[name] = &pluginv2.StringList{Values: []string{value}}
	}
	url := c.URL
	if url == "" {
		url = c.Path
	}
	request := &pluginv2.CallResourceRequest{PluginContext: c.Context.wire(), Path: c.Path, Method: c.Method, Url: url, Headers: headers, Body: body}
	if c.Repeat > 0 {
		return repeated(c, func() error {
			messages, err := callOnce(context.Background(), p, request)
			if err == nil && len(messages) == 1 && messages[0].Code >= 500 {
				err = fmt.Errorf("status %d: %s", messages[0].Code, messages[0].Body)
			}
			return err
		})
	}
	ctx, cancel := c.limited()
	defer cancel()
	messages, err := callOnce(ctx, p, request)
	if c.Expect.Code != "" {
		r.check(status.Code(err).String() == c.Expect.Code, "expected the code %s, got %v", c.Expect.Code, err)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r.check(len(messages) == 1, "%d messages in place of one", len(messages))
	if len(messages) == 0 {
		return nil, nil
	}
	first := messages[0]
	r.check(c.Expect.Status == 0 || c.Expect.Status == int(first.Code), "status %d in place of %d: %s", first.Code, c.Expect.Status, first.Body)
	c.Expect.contains(r, string(first.Body))
	shown := map[string]string{}
	for name, list := range first.Headers {
		shown[name] = strings.Join(list.Values, ",")
	}
	return map[string]any{"status": first.Code, "headers": shown, "body": string(first.Body)}, nil
}

func callOnce(ctx context.Context, p *plugin, request *pluginv2.CallResourceRequest) ([]*pluginv2.CallResourceResponse, error) {
	stream, err := p.resource.CallResource(ctx, request)
	if err != nil {
		return nil, err
	}
	var messages []*pluginv2.CallResourceResponse
	for {
		message, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return messages, nil
		}
		if err != nil {
			return messages, err
		}
		messages = append(messages, message)
	}
}

// absent calls a service that we do not have: it must be "unimplemented", not a dead process.
func absent(h *host, _ *command, r *report) (any, error) {
	p, err := h.current()
	if err != nil {
		return nil, err
	}
	protocol, err := p.client.Client()
	if err != nil {
		return nil, err
	}
	raw, err := protocol.Dispense("admission")
	if err != nil {
		return nil, err
	}
	client, fits := raw.(pluginv2.AdmissionControlClient)
	if !fits {
		return nil, errors.New("no admission client")
	}
	_, err = client.ValidateAdmission(context.Background(), &pluginv2.AdmissionRequest{})
	r.check(status.Code(err) == codes.Unimplemented, "expected Unimplemented, got %v", err)
	return nil, nil
}
