-- What wrk sends, by environment: METHOD, BODY_BYTES (a body of that length), PATHS (a file with one path a line,
-- taken in a fixed shuffled order), API_KEY (sent as X-API-Key). Prints the result as one line of JSON, latencies in microseconds.
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

function done(summary, latency)
  local e = summary.errors
  print(string.format(
    '{"requests": %d, "seconds": %.3f, "p50": %.1f, "p99": %.1f, "p999": %.1f, "non2xx": %d, "socket_errors": %d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99),
    latency:percentile(99.9), e.status, e.connect + e.read + e.write + e.timeout))
end
