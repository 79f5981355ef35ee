-- What wrk sends, by environment: METHOD, BODY_BYTES (a body of that length), PATHS (a file with one path a line,
-- taken in a fixed shuffled order), API_KEY (sent as X-API-Key), TOKENS (a file with one token a line, sent in turn
-- as Authorization: Bearer), FRESH (another, of which every hundredth request takes the next), FRESH_FROM (the first
-- of these that is new). Prints the result as one line of JSON, latencies in microseconds.
local paths = {}
local at = 0

-- Called by wrk before it formats its one fixed request from these fields.
function init()
  wrk.method = os.getenv("METHOD") or "GET"
  local length = tonumber(os.getenv("BODY_BYTES") or "0")
  if length > 0 then
    wrk.body = string.rep("x", length)
    wrk.headers["Content-Type"] = "application/octet-stream"
  end
  local key = os.getenv("API_KEY")
  if key then
    wrk.headers["X-API-Key"] = key
  end
  local tokens = os.getenv("TOKENS")
  if tokens then
    take_turns(with_tokens(tokens, 0), with_tokens(os.getenv("FRESH"), tonumber(os.getenv("FRESH_FROM") or "0")))
  end
  local file = os.getenv("PATHS")
  if file then
    for line in io.lines(file) do
      paths[#paths + 1] = wrk.format(nil, line)
    end
    math.randomseed(1)
    for i = #paths, 2, -1 do
      local j = math.random(i)
      paths[i], paths[j] = paths[j], paths[i]
    end
    request = function()
      at = at % #paths + 1
      return paths[at]
    end
  end
end

-- The requests with the tokens of a file, from one of them on.
function with_tokens(file, from)
  local requests = {}
  local number = 0
  for token in file and io.lines(file) or function() end do
    if number >= from then
      requests[#requests + 1] = wrk.format(nil, nil, { Authorization = "Bearer " .. token })
    end
    number = number + 1
  end
  return requests
end

function take_turns(known, fresh)
  local fresh_at = 0
  request = function()
    at = at + 1
    if at % 100 == 0 and fresh_at < #fresh then
      fresh_at = fresh_at + 1
      return fresh[fresh_at]
    end
    return known[at % #known + 1]
  end
end

function done(summary, latency)
  local e = summary.errors
  print(string.format(
    '{"requests": %d, "seconds": %.3f, "p50": %.1f, "p99": %.1f, "p999": %.1f, "non2xx": %d, "socket_errors": %d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99),
    latency:percentile(99.9), e.status, e.connect + e.read + e.write + e.timeout))
end
