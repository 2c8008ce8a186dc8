package main

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
)

// expectation is what an answer must be. What is not said is not checked.
type expectation struct {
	Text     string                    `json:"text"`
	Contains []string                  `json:"contains"`
	Status   int                       `json:"status"`
	Code     string                    `json:"code"`
	Queries  map[string]expectedAnswer `json:"queries"`
}

type expectedAnswer struct {
	Status      int32           `json:"status"`
	ErrorSource string          `json:"errorSource"`
	Error       string          `json:"error"`
	Frames      []expectedFrame `json:"frames"`
}

type expectedFrame struct {
	Name   *string         `json:"name"`
	Rows   *int            `json:"rows"`
	Meta   map[string]any  `json:"meta"`
	Fields []expectedField `json:"fields"`
}

type expectedField struct {
	Name     string            `json:"name"`
	Type     string            `json:"type"`
	Nullable *bool             `json:"nullable"`
	Unit     *string           `json:"unit"`
	Labels   map[string]string `json:"labels"`
	// Times are milliseconds; null is null.
	Values []any `json:"values"`
}

func (e expectation) text(r *report, what, got string) {
	r.check(e.Text == "" || e.Text == got, "%s is %s in place of %s", what, got, e.Text)
}

func (e expectation) contains(r *report, got string) {
	for _, part := range e.Contains {
		r.check(strings.Contains(got, part), "%q does not stand in %.500q", part, got)
	}
}

func (e expectation) response(r *report, refID string, response *pluginv2.DataResponse, frames []*data.Frame) {
	want, named := e.Queries[refID]
	if !named {
		return
	}
	r.check(want.Status == 0 || want.Status == response.Status, "refId %s: status %d in place of %d (%s)", refID, response.Status, want.Status, response.Error)
	r.check(want.ErrorSource == "" || want.ErrorSource == response.ErrorSource, "refId %s: error source %q in place of %q", refID, response.ErrorSource, want.ErrorSource)
	r.check(strings.Contains(response.Error, want.Error), "refId %s: error %q without %q", refID, response.Error, want.Error)
	r.check(want.Error != "" || response.Error == "", "refId %s: unexpected error %q", refID, response.Error)
	if want.Frames == nil {
		return
	}
	if len(want.Frames) != len(frames) {
		r.add("refId %s: %d frames in place of %d", refID, len(frames), len(want.Frames))
		return
	}
	for index, frame := range frames {
		want.Frames[index].check(r, fmt.Sprintf("refId %s frame %d", refID, index), frame)
	}
}

func (want expectedFrame) check(r *report, where string, frame *data.Frame) {
	rows, err := frame.RowLen()
	if err != nil {
		r.add("%s: %v", where, err)
		return
	}
	r.check(want.Name == nil || *want.Name == frame.Name, "%s: name %q", where, frame.Name)
	r.check(want.Rows == nil || *want.Rows == rows, "%s: %d rows", where, rows)
	meta := asMap(frame.Meta)
	for key, value := range want.Meta {
		r.check(reflect.DeepEqual(meta[key], value), "%s: meta %s is %v in place of %v", where, key, meta[key], value)
	}
	if want.Fields == nil {
		return
	}
	if len(want.Fields) != len(frame.Fields) {
		r.add("%s: %d fields in place of %d", where, len(frame.Fields), len(want.Fields))
		return
	}
	for index, field := range frame.Fields {
		want.Fields[index].check(r, fmt.Sprintf("%s field %q", where, field.Name), field)
	}
}

var goTypes = map[string]string{"time": "time.Time", "number": "float64", "string": "string", "boolean": "bool", "json": "json.RawMessage"}

func (want expectedField) check(r *report, where string, field *data.Field) {
	r.check(want.Name == field.Name, "%s: expected the name %q", where, want.Name)
	kind := field.Type().NonNullableType().ItemTypeString()
	r.check(want.Type == "" || goTypes[want.Type] == kind, "%s: type %s in place of %s", where, kind, want.Type)
	r.check(want.Nullable == nil || *want.Nullable == field.Nullable(), "%s: nullable is %v", where, field.Nullable())
	if want.Unit != nil {
		unit := ""
		if field.Config != nil {
			unit = field.Config.Unit
		}
		r.check(*want.Unit == unit, "%s: unit %q in place of %q", where, unit, *want.Unit)
	}
	r.check(want.Labels == nil || reflect.DeepEqual(data.Labels(want.Labels), field.Labels), "%s: labels %v", where, field.Labels)
	if want.Values == nil {
		return
	}
	if len(want.Values) != field.Len() {
		r.add("%s: %d values in place of %d", where, field.Len(), len(want.Values))
		return
	}
	for row, value := range want.Values {
		got := plain(field, row)
		if !reflect.DeepEqual(got, value) {
			r.add("%s: row %d is %v in place of %v", where, row, got, value)
			return
		}
	}
}

// plain gives a value as JSON has it: times in milliseconds, null for null, NaN and infinities as text.
func plain(field *data.Field, row int) any {
	value, present := field.ConcreteAt(row)
	if !present {
		return nil
	}
	switch typed := value.(type) {
	case time.Time:
		return float64(typed.UnixMilli()) + float64(typed.Nanosecond()%1_000_000)/1e6
	case float64:
		if math.IsNaN(typed) || math.IsInf(typed, 0) {
			return fmt.Sprint(typed)
		}
		return typed
	case json.RawMessage:
		var parsed any
		if err := json.Unmarshal(typed, &parsed); err != nil {
			return fmt.Sprintf("no JSON: %s", typed)
		}
		return parsed
	default:
		return typed
	}
}

func asMap(value any) map[string]any {
	encoded, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	var parsed map[string]any
	if json.Unmarshal(encoded, &parsed) != nil {
		return nil
	}
	return parsed
}

func describe(frame *data.Frame, withValues bool) map[string]any {
	rows, _ := frame.RowLen()
	fields := make([]map[string]any, 0, len(frame.Fields))
	for _, field := range frame.Fields {
		shown := map[string]any{"name": field.Name, "type": field.Type().NonNullableType().ItemTypeString(), "nullable": field.Nullable(), "labels": field.Labels, "config": asMap(field.Config)}
		if withValues {
			values := make([]any, field.Len())
			for row := range values {
				values[row] = plain(field, row)
			}
			shown["values"] = values
		}
		fields = append(fields, shown)
	}
	return map[string]any{"name": frame.Name, "refId": frame.RefID, "rows": rows, "meta": asMap(frame.Meta), "fields": fields}
}
