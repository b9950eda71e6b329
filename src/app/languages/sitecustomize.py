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


def _tell(main_loaded=None, slowest=()):
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
        "preloadEndMs": after(_ended),
        "mainLoadedMs": None if main_loaded is None else after(main_loaded),
        "slowestModules": list(slowest),
        "stoodBackFor": None,
    }
    name = os.path.join(folder, "startup-%d-%d" % (os.getpid(), time.monotonic_ns()))
    with open(name + ".part", "w") as file:
        json.dump(record, file)
    # Whoever reads takes files that end in .json, and takes them once.
    os.rename(name + ".part", name + ".json")


class _ImportTimer:
    """Times each import without those that it causes, until the program listens or ends. Only on request."""

    shown = 10
    minimum_ms = 1.0

    def __init__(self):
        self.inner = []
        self.own_ms = {}

    def find_spec(self, name, path=None, target=None):
        for finder in sys.meta_path:
            find = None if finder is self else getattr(finder, "find_spec", None)
            spec = find and find(name, path, target)
            if spec is not None:
                self.watch(name, spec.loader)
                return spec
        return None

    def watch(self, name, loader):
        execute = getattr(loader, "exec_module", None)
        if execute is None:
            return

        def timed(module):
            self.inner.append(0.0)
            start = time.perf_counter()
            try:
                return execute(module)
            finally:
                total = (time.perf_counter() - start) * 1000
                own = total - self.inner.pop()
                self.own_ms[name] = self.own_ms.get(name, 0.0) + own
                if self.inner:
                    self.inner[-1] += total

        try:
            loader.exec_module = timed
        except Exception:
            pass  # loaders of built-in modules are shared, and take no time

    def end(self):
        if self not in sys.meta_path:
            return
        sys.meta_path.remove(self)
        now = time.time()
        slowest = sorted(self.own_ms.items(), key=lambda pair: -pair[1])[: self.shown]
        _tell(now, [{"name": name, "selfMs": ms} for name, ms in slowest if ms >= self.minimum_ms])


def _time_imports():
    if os.environ.get("OBS_IMPORT_TIMES") != "1":
        return
    import atexit
    import socket

    timer = _ImportTimer()
    listen = socket.socket.listen

    def listen_and_tell(self, *words):
        socket.socket.listen = listen
        try:
            timer.end()
        except Exception:
            pass
        return listen(self, *words)

    socket.socket.listen = listen_and_tell
    atexit.register(timer.end)
    sys.meta_path.insert(0, timer)


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


_ended = None
if not _is_tool():
    try:
        _initialize()
    except Exception:
        pass
    _ended = time.time()
    for _step in (_tell, _time_imports):
        try:
            _step()
        except Exception:
            pass
_run_other()
