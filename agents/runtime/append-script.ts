import { ENDED_STATES, TRANSITIONS } from '../../src/contract/incident';

function luaTable(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value);
  }
  return `{${Object.entries(value as Record<string, unknown>)
    .map(([key, inner]) => `[${JSON.stringify(key)}]=${luaTable(inner)}`)
    .join(',')}}`;
}

/**
 * One atomic step on the server for a batch of events of one partition.
 * KEYS: log, ids, open, incidents, actions, fence (may be empty text).
 * ARGV: base of the keys, fence token, count of groups and for each its name, count and ids of acknowledged entries, seconds that counts are kept,
 * count of events, then for each event
 *   id, type, json, incident, container key, episode, time, effect, alert history key, alert history item, action record,
 *   counts of `set` pairs (the first is the state, its value left empty), `once` pairs and mirror commands, the pairs, and each mirror command as its length and words.
 * Returns for each event its entry id (empty when it stood in the log already) and its incident id.
 * The state machine is the contract's own table, so the fold in TypeScript and this script cannot differ.
 */
export const APPEND_SCRIPT = `
local T = ${luaTable(TRANSITIONS)}
local ENDED = ${luaTable(Object.fromEntries(ENDED_STATES.map((state) => [state, 'y'])))}
local call, ARGV, KEYS = redis.call, ARGV, KEYS
local log, ids, open, incidents, actions = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local base, token = ARGV[1], ARGV[2]
if token ~= '' and call('GET', KEYS[6]) ~= token then return redis.error_reply('FENCED ' .. KEYS[6]) end
local clock = call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
-- ARGV is read in place: copying it into tables costs more than the commands themselves.
local at = 4
local groups = {}
for g = 1, tonumber(ARGV[3]) do
  local n = tonumber(ARGV[at + 1])
  groups[g] = { ARGV[at], at + 2, at + 1 + n }
  at = at + 2 + n
end
local keep, events = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
at = at + 2
local counts = {}
local out = {}

-- First pass: where each event stands in ARGV, and what must be asked once for all of them.
local starts, allIds, keysAsked = {}, {}, {}
for e = 1, events do
  starts[e] = at
  allIds[e] = ARGV[at]
  keysAsked[e] = ARGV[at + 4]
  local pairsEnd = at + 13 + 2 * (tonumber(ARGV[at + 11]) + tonumber(ARGV[at + 12]))
  local commands = tonumber(ARGV[at + 13])
  at = pairsEnd + 1
  for c = 1, commands do at = at + 1 + tonumber(ARGV[at]) end
end
local known = events > 0 and call('ZMSCORE', ids, unpack(allIds)) or {}
local current = events > 0 and call('HMGET', open, unpack(keysAsked)) or {}
local openNow, opened, seen = {}, {}, {}
for e = 1, events do
  if openNow[keysAsked[e]] == nil then openNow[keysAsked[e]] = current[e] or '' end
end

local freshIds, touched, touchedOrder = {}, {}, {}

-- The open incident of a container changed: written once for the batch, at its end.
local function point(key, inc)
  if key ~= '' then
    openNow[key] = inc
    opened[key] = true
  end
end

local function project(first, inc, key, moves, xid)
  local ikey = base .. ':incident:' .. inc
  local setFrom = first + 14
  local setTo = setFrom + 2 * tonumber(ARGV[first + 11]) - 1
  local onceTo = setTo + 2 * tonumber(ARGV[first + 12])
  local isKnown = call('RPUSH', ikey .. ':log', xid) > 1
  local cur = isKnown and call('HGET', ikey, 'state') or nil
  local nxt = moves and moves[cur or 'new'] or cur or 'open'
  -- The first pair is the state; the sender leaves its value to us.
  ARGV[setFrom + 1] = nxt
  call('HSET', ikey, unpack(ARGV, setFrom, isKnown and setTo or onceTo))
  if nxt ~= cur then
    if ENDED[nxt] then
      call('HSET', ikey, 'ended_at', ARGV[first + 6])
      if openNow[key] == inc then point(key, '') end
    else
      if cur and ENDED[cur] then call('HDEL', ikey, 'ended_at') end
      point(key, inc)
    end
  end
  if not touched[inc] then
    touched[inc] = true
    touchedOrder[#touchedOrder + 1] = now
    touchedOrder[#touchedOrder + 1] = inc
  end
end

for e = 1, events do
  local first = starts[e]
  local id, type, inc, key = ARGV[first], ARGV[first + 1], ARGV[first + 3], ARGV[first + 4]
  if known[e] or seen[id] then
    out[#out + 1] = ''
    out[#out + 1] = inc
  else
    seen[id] = true
    local moves = T[ARGV[first + 7]]
    if inc == '' and key ~= '' then
      inc = openNow[key]
      if inc == '' and moves and moves['new'] then
        inc = ARGV[first + 5]
        if inc == '' then inc = id end
      end
    end
    local xid = call('XADD', log, '*', 'type', type, 'incident', inc, 'json', ARGV[first + 2])
    freshIds[#freshIds + 1] = tonumber(string.match(xid, '^(%d+)'))
    freshIds[#freshIds + 1] = id
    counts[type] = (counts[type] or 0) + 1
    if inc ~= '' then project(first, inc, key, moves, xid) end
    local historyKey = ARGV[first + 8]
    if historyKey ~= '' then
      local length = call('LPUSH', historyKey, ARGV[first + 9])
      if length > 20 then call('LTRIM', historyKey, 0, 19) end
      if length == 1 or length > 20 then call('EXPIRE', historyKey, 7200) end
    end
    if ARGV[first + 10] ~= '' then call('ZADD', actions, now, ARGV[first + 10]) end
    local from = first + 14 + 2 * (tonumber(ARGV[first + 11]) + tonumber(ARGV[first + 12]))
    for c = 1, tonumber(ARGV[first + 13]) do
      local words = tonumber(ARGV[from])
      call(unpack(ARGV, from + 1, from + words))
      from = from + 1 + words
    end
    out[#out + 1] = xid
    out[#out + 1] = inc
  end
end
if #freshIds > 0 then call('ZADD', ids, unpack(freshIds)) end
if #touchedOrder > 0 then call('ZADD', incidents, unpack(touchedOrder)) end
local set, gone = {}, {}
for key in pairs(opened) do
  if openNow[key] == '' then
    gone[#gone + 1] = key
  else
    set[#set + 1] = key
    set[#set + 1] = openNow[key]
  end
end
if #set > 0 then call('HSET', open, unpack(set)) end
if #gone > 0 then call('HDEL', open, unpack(gone)) end
local minute = math.floor(now / 60000)
local hour = math.floor(minute / 60)
for type, count in pairs(counts) do
  local perMinute = base .. ':count:minute:' .. hour
  local perHour = base .. ':count:hour:' .. math.floor(hour / 24)
  if call('HINCRBY', perMinute, (minute % 60) .. '|' .. type, count) == count then call('EXPIRE', perMinute, keep + 3600) end
  if call('HINCRBY', perHour, (hour % 24) .. '|' .. type, count) == count then call('EXPIRE', perHour, keep + 86400) end
end
for g = 1, #groups do call('XACK', log, groups[g][1], unpack(ARGV, groups[g][2], groups[g][3])) end
return out
`;
