"""The end of a peer's program: reads a line of JSON, runs what it asks, answers with one.

{"setup": name} prepares the workload of that name in W; {"run": n} times n loops of it;
{"resident": n} runs n loops and tells the most memory that the process has had, in bytes.
"""
import json, resource, sys

run = None
for line in sys.stdin:
    request = json.loads(line)
    try:
        if "setup" in request:
            make = W.get(request["setup"])
            run = make() if make else None
            reply = {"known": make is not None}
        elif "resident" in request:
            run(request["resident"])
            reply = {"bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}
        else:
            reply = {"s": run(request["run"])}
    except Exception as e:
        reply = {"error": repr(e)}
    print(json.dumps(reply), flush=True)
