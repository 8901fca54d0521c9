-- What wrk sends: wrk … URL -- KIND [FILE]
--   none         no credentials
--   token FILE   the one token of the file, with every call
--   each FILE    the tokens of the file, each once; when they are used up, the run is over
-- It prints one line: requests, microseconds, p50 and p99 in microseconds, answers above 399,
-- and what went wrong otherwise: connecting, reading, writing, waiting.

wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"order":"0123456789abcdef0123456789abcdef","amount":1234567890}'
assert(#wrk.body == 64)

local ffi = require("ffi")
ffi.cdef([[ typedef struct { long s, ns; } moment; int clock_gettime(int, moment *); ]])
local moment = ffi.new("moment")
local function now()
	ffi.C.clock_gettime(1, moment) -- CLOCK_MONOTONIC
	return tonumber(moment.s) * 1e6 + tonumber(moment.ns) / 1e3
end

local threads = {}
function setup(thread) table.insert(threads, thread) end

local requests, sent, begin = {}, 0, nil
elapsed = 0 -- global: read from outside the thread

function init(args)
	local kind, file = args[1], args[2]
	if kind == "token" then
		wrk.headers["Authorization"] = "Bearer " .. io.open(file):read("*l")
	end
	local path = wrk.path
	if kind ~= "each" then
		local one = wrk.format(nil, path)
		requests = nil
		request = function() return one end
		return
	end
	for token in io.lines(file) do
		wrk.headers["Authorization"] = "Bearer " .. token
		table.insert(requests, wrk.format(nil, path))
	end
	assert(#requests > 0, "no token")
end

function request()
	begin = begin or now()
	sent = sent + 1
	if sent > #requests then
		if elapsed == 0 then elapsed = now() - begin end
		wrk.thread:stop()
		return requests[#requests]
	end
	return requests[sent]
end

function done(summary, latency, _)
	local took = summary.duration
	for _, thread in ipairs(threads) do
		local own = thread:get("elapsed")
		if own and own > 0 then took = own end
	end
	local e = summary.errors
	io.write(string.format("RESULT\t%d\t%d\t%d\t%d\t%d\t%d,%d,%d,%d\n", summary.requests, took,
		latency:percentile(50), latency:percentile(99), e.status, e.connect, e.read, e.write, e.timeout))
end
