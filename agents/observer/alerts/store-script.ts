/**
 * One change of one alert, in one atomic step on the server, with the event that tells it.
 * KEYS: lease, alerts, active, fired, resolved, outbox.
 * ARGV: token of the lease, alert id, condition, revision that is changed (0 for a new alert), alert as JSON,
 *   milliseconds of its end (empty while it is not resolved), milliseconds from which its cooldown counts (empty: as before), event id, event as JSON.
 * Returns `written`, `active` (the condition has an alert already) or `stale` (somebody else changed the alert).
 */
export const ALERT_SCRIPT = `
local call, KEYS, ARGV = redis.call, KEYS, ARGV
local id, condition = ARGV[2], ARGV[3]
if call('GET', KEYS[1]) ~= ARGV[1] then return redis.error_reply('FENCED ' .. KEYS[1]) end
if ARGV[4] == '0' then
  if call('HSETNX', KEYS[3], condition, id) == 0 then return 'active' end
else
  local json = call('HGET', KEYS[2], id)
  if not json or cjson.decode(json).revision ~= tonumber(ARGV[4]) then return 'stale' end
end
call('HSET', KEYS[2], id, ARGV[5])
if ARGV[6] ~= '' then
  if call('HGET', KEYS[3], condition) == id then call('HDEL', KEYS[3], condition) end
  call('ZADD', KEYS[5], ARGV[6], id)
end
if ARGV[7] ~= '' then call('HSET', KEYS[4], condition, ARGV[7]) end
call('HSET', KEYS[6], ARGV[8], ARGV[9])
return 'written'
`;
