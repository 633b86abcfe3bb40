"""Put in front of PYTHONPATH by middlebrick when it starts an application itself.

Does nothing unless MIDDLEBRICK_HOLD names a socket. It then waits for orders there: arm a range of lines in a file,
hold the first arrival, report it, release it. An application's own sitecustomize is run as if this one were absent.
"""

import os
import sys


def _chain():
    here = os.path.dirname(os.path.realpath(__file__))
    rest = [p for p in sys.path if os.path.realpath(p or ".") != here]
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    spec = PathFinder.find_spec("sitecustomize", rest)
    if spec is not None and spec.loader is not None:
        module = module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


def _start(address):
    import json
    import socket
    import threading

    start = os.getcwd()
    wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    wire.connect(address)
    sending = threading.Lock()
    deciding = threading.Lock()
    names = {}
    order = {"armed": False, "id": 0, "path": "", "first": 0, "last": 0, "gate": None, "seen": []}

    def say(**message):
        with sending:
            wire.sendall((json.dumps(message) + "\n").encode())

    def real(name):
        if name not in names:
            names[name] = os.path.realpath(os.path.join(start, name))
        return names[name]

    def wanted(code):
        if real(code.co_filename) != order["path"]:
            return False
        if hasattr(code, "co_lines"):
            lines = [x[2] for x in code.co_lines() if x[2]]
        else:
            import dis

            lines = [x[1] for x in dis.findlinestarts(code)]
        return any(order["first"] <= x <= order["last"] for x in lines)

    def arrived(line):
        """Called on every line of a wanted function."""
        if not order["armed"]:
            return
        if not order["first"] <= line <= order["last"]:
            if len(order["seen"]) < 200:
                order["seen"].append(line)
            return
        with deciding:
            if not order["armed"]:
                return
            order["armed"] = False
            gate = order["gate"]
        say(held=order["id"], line=line)
        gate.wait(30)

    if sys.version_info >= (3, 12):
        monitoring = sys.monitoring
        tool = next((t for t in (4, 3, 5) if monitoring.get_tool(t) is None), None)
        if tool is None:
            say(hello=os.getpid(), error="no monitoring tool id is free")
            return
        monitoring.use_tool_id(tool, "middlebrick")
        events = monitoring.events

        def on_start(code, _offset):
            if order["armed"] and wanted(code):
                monitoring.set_local_events(tool, code, events.LINE)
                return None
            return monitoring.DISABLE

        def on_line(_code, line):
            if not order["armed"]:
                return monitoring.DISABLE
            arrived(line)
            return None

        monitoring.register_callback(tool, events.PY_START, on_start)
        monitoring.register_callback(tool, events.LINE, on_line)

        def arm():
            monitoring.set_events(tool, events.PY_START)
            monitoring.restart_events()

        def disarm():
            monitoring.set_events(tool, 0)

    else:
        cache = {}

        def local(frame, event, _arg):
            if event == "line":
                arrived(frame.f_lineno)
            return local

        def trace(frame, _event, _arg):
            if not order["armed"]:
                return None
            code = frame.f_code
            if code not in cache:
                cache[code] = wanted(code)
            return local if cache[code] else None

        def arm():
            cache.clear()

        def disarm():
            pass

    def listen():
        for text in wire.makefile("r"):
            message = json.loads(text)
            if "arm" in message:
                order.update(id=message["arm"], path=message["path"], first=message["first"], last=message["last"],
                             gate=threading.Event(), seen=[], armed=True)
                arm()
                say(armed=message["arm"])
            elif "release" in message:
                order["armed"] = False
                disarm()
                say(released=message["release"], seen=order["seen"])
                if order["gate"] is not None:
                    order["gate"].set()

    threading.Thread(target=listen, name="middlebrick", daemon=True).start()
    if sys.version_info < (3, 12):
        threading.settrace(trace)
        sys.settrace(trace)
    say(hello=os.getpid(), python="%d.%d" % sys.version_info[:2])


try:
    _chain()
finally:
    if os.environ.get("MIDDLEBRICK_HOLD"):
        try:
            _start(os.environ["MIDDLEBRICK_HOLD"])
        except Exception as error:  # the application runs all the same, only nothing can be held in it
            print("middlebrick: no hold points in this process: %r" % (error,), file=sys.stderr)
