"""Runs one function inside its own process: loads the handler, serves one request at a time.

Standard library only, Python 3.6 or newer. Speaks the same protocol on fd 3 as node-bootstrap.cjs:
  in:  init {file, exportName, extensions, marker, environment?, context, maxBytes} + invoke {requestId} + event
  out: ready, load-failed, handler-missing, response {kind} + text, done {fatal}
stdout and stderr carry the function's log and, at the end of each request, the marker.
"""
import decimal
import importlib.util
import json
import logging
import os
import signal
import socket
import struct
import sys
import time
import traceback

PREFIX = struct.Struct(">II")
MAX_STACK_CHARS = 16384
READ_BYTES = 1024 * 1024
BOOTSTRAP = os.path.abspath(__file__)

code_root = os.getcwd()
own_pid = os.getpid()
os.set_inheritable(3, False)
control = socket.socket(fileno=3)
own_stdout, own_stderr = sys.stdout, sys.stderr


# ---- channel


def send(header, text=b""):
    # A child that the function forked must not answer in its place.
    if os.getpid() != own_pid:
        os._exit(0)
    head = json.dumps(header).encode()
    control.sendall(b"".join((PREFIX.pack(len(head), len(text)), head, text)))


def read_exactly(count):
    parts = []
    while count > 0:
        part = control.recv(min(count, READ_BYTES))
        if not part:
            on_channel_closed()
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def receive():
    head_bytes, body_bytes = PREFIX.unpack(read_exactly(PREFIX.size))
    return json.loads(read_exactly(head_bytes).decode()), read_exactly(body_bytes)


def on_channel_closed():
    """The server is gone: take everything along that this function started."""
    try:
        os.killpg(own_pid, signal.SIGKILL)
    except OSError:
        pass
    os._exit(1)


# ---- output


def prepare_output():
    """As in the cloud: print is raw, and everything that is logged reaches stdout."""
    for stream in (own_stdout, own_stderr):
        # A line is in the log as soon as it ends, whatever becomes of the process.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(line_buffering=True, errors="backslashreplace")
    root = logging.getLogger()
    root.setLevel(logging.DEBUG)
    root.addHandler(logging.StreamHandler(own_stdout))


def flush_output():
    for stream in (sys.stdout, sys.stderr, own_stdout, own_stderr):
        try:
            stream.flush()
        except Exception:
            pass


def write_marker(marker):
    flush_output()
    for fd in (1, 2):
        try:
            os.write(fd, marker)
        except OSError:
            pass


# ---- errors


def to_stack(error):
    """The traceback as the cloud shows it: the code at /var/user, none of this file's frames."""
    frames = error.__traceback__
    while frames and is_ours(frames.tb_frame.f_code.co_filename):
        frames = frames.tb_next
    try:
        text = "".join(traceback.format_exception(type(error), error, frames)).rstrip("\n")
    except Exception:
        text = "%s: an error that cannot be shown" % type(error).__name__
    text = text.replace(code_root, "/var/user")[:MAX_STACK_CHARS]
    return text.encode("utf-8", "backslashreplace")


def is_ours(filename):
    return filename == BOOTSTRAP or filename.startswith("<frozen importlib")


# ---- requests


class BadEvent(Exception):
    pass


def serve(handler, settings, request_id, body):
    kind, text = run_handler(handler, settings, request_id, body)
    if kind == "returned" and len(text) > settings["maxBytes"]:
        kind, text = "response-too-large", b""
    send({"type": "response", "kind": kind}, text)
    write_marker(settings["marker"].encode() + b"\n")
    send({"type": "done", "fatal": kind == "out-of-memory"})


def run_handler(handler, settings, request_id, body):
    try:
        context = dict(settings["context"], request_id=request_id)
        return "returned", to_text(handler(parse_event(body), context))
    except BadEvent:
        return "bad-event", b""
    except MemoryError:
        return "out-of-memory", b""
    except Exception as error:
        return "threw", to_stack(error)


def parse_event(body):
    try:
        return json.loads(body.decode("utf-8"))
    except ValueError:
        raise BadEvent()


def to_text(value):
    text = json.dumps(value, ensure_ascii=False, default=to_plain)
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        # Half a surrogate pair has no UTF-8; as \uXXXX it is JSON.
        return json.dumps(value, default=to_plain).encode("utf-8")


def to_plain(value):
    if isinstance(value, decimal.Decimal):
        return str(value)
    raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)


# ---- start


def load(settings):
    """The handler, or None when the server was told why there is none."""
    started_at = time.monotonic()
    name = settings["file"]
    paths = [os.path.join(code_root, name + extension) for extension in settings["extensions"]]
    path = next((each for each in paths if os.path.isfile(each)), None)
    if path is None:
        send({"type": "handler-missing"}, ("HandlerNotFound: no file '%s' in the code package" % name).encode())
        return None
    try:
        handler = getattr(load_module(name.replace("/", "."), path), settings["exportName"])
    except Exception as error:
        flush_output()
        send({"type": "load-failed"}, to_stack(error))
        return None
    send({"type": "ready", "functionMs": (time.monotonic() - started_at) * 1000})
    return handler


def load_module(name, path):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    # So that what is defined in it can be pickled, and an import of it by name is not a second copy.
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def main():
    # The folder of this file has nothing for the function.
    sys.path[0] = code_root
    sys.argv = [""]
    prepare_output()
    settings, _ = receive()
    # A process that was started ahead learns only now whose it is.
    os.environ.update(settings.get("environment") or {})
    time.tzset()
    handler = load(settings)
    while True:
        header, body = receive()
        serve(handler, settings, header["requestId"], body)


if __name__ == "__main__":
    try:
        main()
    except SystemExit as error:
        # At once: threads that the function left must not keep the process alive.
        flush_output()
        os._exit(error.code if isinstance(error.code, int) else 1 if error.code else 0)
