/*
 * The steps in which telemetry is written. Each is atomic, small, and changes nothing when it is repeated: a batch bears a number of its
 * writer, a span its id.
 */

/**
 * Log lines.
 * KEYS: logs, errors, written. ARGV: writer, number of the batch, most entries of logs, of errors, then for each line 1 or 0 (an error) and its JSON.
 */
export const LOGS_SCRIPT = `
local call = redis.call
if tonumber(call('HGET', KEYS[3], ARGV[1]) or '0') >= tonumber(ARGV[2]) then return 0 end
call('HSET', KEYS[3], ARGV[1], ARGV[2])
for at = 5, #ARGV, 2 do
  call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], '*', 'json', ARGV[at + 1])
  if ARGV[at] == '1' then call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[4], '*', 'json', ARGV[at + 1]) end
end
return 1
`;

/**
 * Spans of some traces.
 * KEYS: traces, cut, then one for each trace. ARGV: milliseconds that a trace is kept, most spans of a trace, most traces, begin of the keys of
 * traces, then for each trace its id, the count of its spans, and for each span its id, start and end (milliseconds), 1 or 0 (an error), name,
 * agent and JSON.
 */
export const SPANS_SCRIPT = `
local call, ARGV = redis.call, ARGV
local kept, limit, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])

local function keep(key, id, from, to)
  local known = call('HMGET', key, '#start', '#end', '#errors', '#spans', '#dropped')
  local first, last = tonumber(known[1]), tonumber(known[2])
  local errors, spans, dropped = tonumber(known[3] or '0'), tonumber(known[4] or '0'), tonumber(known[5] or '0')
  local fields, root, agent = {}, nil, nil
  for at = from, to, 7 do
    if not known[1] or call('HEXISTS', key, ARGV[at]) == 0 then
      local began, ended = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
      if spans < limit then
        fields[#fields + 1] = ARGV[at]
        fields[#fields + 1] = ARGV[at + 6]
        spans = spans + 1
      else
        dropped = dropped + 1
      end
      errors = errors + tonumber(ARGV[at + 3])
      if not first or began < first then
        first, root, agent = began, ARGV[at + 4], ARGV[at + 5]
      end
      if not last or ended > last then last = ended end
    end
  end
  if not first then return end
  if #fields > 0 then call('HSET', key, unpack(fields)) end
  if root then call('HSET', key, '#root', root, '#agent', agent) end
  call('HSET', key, '#start', string.format('%.3f', first), '#end', string.format('%.3f', last), '#errors', errors, '#spans', spans, '#dropped', dropped)
  call('PEXPIRE', key, kept)
  call('ZADD', KEYS[1], string.format('%.3f', first), id)
end

local at, trace = 5, 3
while at < #ARGV do
  local to = at + 1 + 7 * tonumber(ARGV[at + 1])
  keep(KEYS[trace], ARGV[at], at + 2, to)
  at, trace = to + 1, trace + 1
end
local over = call('ZCARD', KEYS[1]) - most
if over > 0 then
  local gone = call('ZPOPMIN', KEYS[1], math.min(over, 100))
  for one = 1, #gone, 2 do call('DEL', ARGV[4] .. gone[one]) end
  call('HSET', KEYS[2], 'traces', string.format('%d', tonumber(gone[#gone]) + 1))
end
return 1
`;

/**
 * Figures of minutes.
 * KEYS: written, totals, dropped, then one hash for each hour. ARGV: writer, number of the batch, milliseconds that they are kept, count of what was
 * left out, its kinds and counts, then for each row the number of its hour (from 1), its field, its agent and its figures as JSON.
 */
export const FIGURES_SCRIPT = `
local call = redis.call
if tonumber(call('HGET', KEYS[1], ARGV[1]) or '0') >= tonumber(ARGV[2]) then return 0 end
call('HSET', KEYS[1], ARGV[1], ARGV[2])

local function both(a, b)
  if a == nil or b == nil then return a or b end
  a.count, a.sum = a.count + b.count, a.sum + b.sum
  a.min, a.max = math.min(a.min, b.min), math.max(a.max, b.max)
  for bucket, count in pairs(b.buckets) do a.buckets[bucket] = (a.buckets[bucket] or 0) + count end
  return a
end

local function merge(key, field, json)
  local known = call('HGET', key, field)
  if known then
    local a, b = cjson.decode(known), cjson.decode(json)
    a.requests, a.errors = a.requests + b.requests, a.errors + b.errors
    for _, name in ipairs({ 'tokens_input', 'tokens_output', 'cost_usd' }) do
      if a[name] or b[name] then a[name] = (a[name] or 0) + (b[name] or 0) end
    end
    a.latency, a.tokens = both(a.latency, b.latency), both(a.tokens, b.tokens)
    json = cjson.encode(a)
  end
  call('HSET', key, field, json)
end

local at = 5
for _ = 1, tonumber(ARGV[4]) do
  call('HINCRBY', KEYS[3], ARGV[at], ARGV[at + 1])
  at = at + 2
end
while at < #ARGV do
  local key = KEYS[3 + tonumber(ARGV[at])]
  merge(key, ARGV[at + 1], ARGV[at + 3])
  call('PEXPIRE', key, ARGV[3])
  merge(KEYS[2], ARGV[at + 2], ARGV[at + 3])
  at = at + 4
end
return 1
`;
