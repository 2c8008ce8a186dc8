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
 *   counts of `set` pairs, `once` pairs and mirror commands, the pairs, and each mirror command as its length and words.
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

local function changeState(ikey, inc, key, time, cur, nxt)
  if ENDED[nxt] then
    call('HSET', ikey, 'state', nxt, 'ended_at', time)
    if call('HGET', open, key) == inc then call('HDEL', open, key) end
    return
  end
  call('HSET', ikey, 'state', nxt)
  if cur and ENDED[cur] then call('HDEL', ikey, 'ended_at') end
  if key ~= '' then call('HSET', open, key, inc) end
end

for e = 1, events do
  local id, type, inc, key, effect = ARGV[at], ARGV[at + 1], ARGV[at + 3], ARGV[at + 4], ARGV[at + 7]
  local first = at
  local setFrom = at + 14
  local setTo = setFrom + 2 * tonumber(ARGV[at + 11]) - 1
  local onceTo = setTo + 2 * tonumber(ARGV[at + 12])
  local mirror = tonumber(ARGV[at + 13])
  at = onceTo + 1
  if call('ZADD', ids, 'NX', now, id) == 0 then
    out[#out + 1] = ''
    out[#out + 1] = inc
    for c = 1, mirror do at = at + 1 + tonumber(ARGV[at]) end
  else
    local moves = T[effect]
    if inc == '' and key ~= '' then
      inc = call('HGET', open, key) or ''
      if inc == '' and moves and moves['new'] then
        inc = ARGV[first + 5]
        if inc == '' then inc = id end
      end
    end
    local xid = call('XADD', log, '*', 'type', type, 'incident', inc, 'json', ARGV[first + 2])
    local ms = string.match(xid, '^(%d+)')
    if tonumber(ms) ~= now then call('ZADD', ids, 'XX', ms, id) end
    counts[type] = (counts[type] or 0) + 1
    if inc ~= '' then
      local ikey = base .. ':incident:' .. inc
      local known = call('RPUSH', ikey .. ':log', xid) > 1
      local cur = known and call('HGET', ikey, 'state') or nil
      local nxt = moves and moves[cur or 'new'] or cur or 'open'
      call('HSET', ikey, unpack(ARGV, setFrom, known and setTo or onceTo))
      if nxt ~= cur then changeState(ikey, inc, key, ARGV[first + 6], cur, nxt) end
      call('ZADD', incidents, now, inc)
    end
    local historyKey = ARGV[first + 8]
    if historyKey ~= '' then
      local length = call('LPUSH', historyKey, ARGV[first + 9])
      if length > 20 then call('LTRIM', historyKey, 0, 19) end
      if length == 1 or length > 20 then call('EXPIRE', historyKey, 7200) end
    end
    if ARGV[first + 10] ~= '' then call('ZADD', actions, now, ARGV[first + 10]) end
    for c = 1, mirror do
      local words = tonumber(ARGV[at])
      call(unpack(ARGV, at + 1, at + words))
      at = at + 1 + words
    end
    out[#out + 1] = xid
    out[#out + 1] = inc
  end
end
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
