# Runs first in every Python process below an app that obs boots: starts OpenTelemetry's own auto-instrumentation, tells
# obs when, and then makes room for a sitecustomize of the app's own. It must never break the process it is in.
import os
import sys
import time

_began = time.time()
_here = os.path.dirname(os.path.abspath(__file__))
_tools = {"pip", "pip3", "poetry", "pipenv", "uv", "virtualenv", "venv", "ensurepip", "compileall", "py_compile"}


def _is_tool():
    words = getattr(sys, "orig_argv", sys.argv if hasattr(sys, "argv") else [])
    names = {os.path.basename(word) for word in words[1:4]}
    return bool(names & _tools) or os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"


def _without_us(path):
    return os.pathsep.join(part for part in path.split(os.pathsep) if part and os.path.abspath(part) != _here)


def _initialize():
    extra = os.environ.get("OBS_PYTHON_PATH")
    if extra and extra not in sys.path:
        sys.path.append(extra)
    present = os.environ.get("PYTHONPATH", "")
    # Programs that an instrumentation asks something must not start it again.
    os.environ["PYTHONPATH"] = _without_us(present)
    try:
        from opentelemetry.instrumentation.auto_instrumentation import initialize

        initialize()
    finally:
        os.environ["PYTHONPATH"] = present


def _process_start():
    """When the process began, in seconds since the epoch: proc(5), field 22 of stat, in ticks after the boot."""
    try:
        with open("/proc/self/stat") as stat:
            started = int(stat.read().rsplit(")", 1)[1].split()[19]) / os.sysconf("SC_CLK_TCK")
        with open("/proc/uptime") as uptime:
            return time.time() - (float(uptime.read().split()[0]) - started)
    except Exception:
        return _began


def _tell():
    folder = os.environ.get("OBS_SPOOL")
    if not folder:
        return
    import json

    origin = _process_start()
    after = lambda moment: max(0.0, (moment - origin) * 1000)
    words = getattr(sys, "orig_argv", [])
    record = {
        "pid": os.getpid(),
        "program": words[1] if len(words) > 1 else None,
        "originMs": origin * 1000,
        "bootedMs": after(_began),
        "preloadStartMs": after(_began),
        "preloadEndMs": after(time.time()),
        "mainLoadedMs": None,
        "slowestModules": [],
        "stoodBackFor": None,
    }
    with open(os.path.join(folder, "startup-%d-%d.json" % (os.getpid(), time.monotonic_ns())), "w") as file:
        json.dump(record, file)


def _run_other():
    """The sitecustomize that would have run if this one were not there."""
    import importlib.machinery
    import importlib.util

    rest = [part for part in sys.path if os.path.abspath(part or ".") != _here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", rest)
    if spec is None or spec.loader is None:
        return
    module = importlib.util.module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    spec.loader.exec_module(module)


if not _is_tool():
    for _step in (_initialize, _tell):
        try:
            _step()
        except Exception:
            pass
_run_other()
