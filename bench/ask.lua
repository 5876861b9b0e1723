-- Asks for wrk: a path, a tab and a body per line of the file that ASKS names, in order, from a place of its own.
local thread_count = 0

function setup(thread)
  thread:set("number", thread_count)
  thread_count = thread_count + 1
end

function init(args)
  requests = {}
  local headers = { ["Authorization"] = "Bearer " .. os.getenv("TOKEN"), ["Content-Type"] = "application/json" }
  for line in io.lines(os.getenv("ASKS")) do
    local path, body = line:match("^(%S+)\t(.*)$")
    requests[#requests + 1] = wrk.format("POST", path, headers, body)
  end
  at = number * 7919
end

function request()
  at = at + 1
  return requests[at % #requests + 1]
end

function done(summary, latency, threads)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format("FIGURES %d %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), summary.errors.status, failed))
end
