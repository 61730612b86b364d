"""Makes many calls of the AWS CLI by one start of it.

It lies before the AWS CLI's own package in PYTHONPATH, so that `aws`, wherever that is installed, loads it instead. The
AWS CLI is loaded once; each call is made by a child of this process, with arguments, environment and folder of its own.

The file that its argument names holds the calls: [{"arguments": [...], "environment": {...}, "folder": "..."}, ...]. It
prints whether each has succeeded: [true, ...].
"""

import gc
import importlib
import json
import os
import sys

sys.path.remove(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
del sys.modules["awscli"]
import awscli.clidriver


def make(call, *more):
    os.chdir(call["folder"])
    os.environ.clear()
    os.environ.update(call["environment"])
    # The package itself sets variables for its data.
    importlib.reload(awscli)
    sys.argv[1:] = [*call["arguments"], *more]
    return awscli.clidriver.main()


def succeeds(call):
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = make(call)
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1] == 0


with open(sys.argv[1], encoding="utf-8") as file:
    calls = json.load(file)
answer = os.fdopen(os.dup(1), "w")
nothing = os.open(os.devnull, os.O_WRONLY)
os.dup2(nothing, 1)
os.dup2(nothing, 2)

# Loads what the AWS CLI loads no sooner than it needs it. This asks nobody anything.
make(calls[0], "--generate-cli-skeleton")
# Collecting garbage would copy the memory that children share with this process.
gc.disable()
json.dump([succeeds(call) for call in calls], answer)
answer.close()
sys.exit()
