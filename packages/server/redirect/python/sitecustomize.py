"""Loaded before a program (a folder on PYTHONPATH): its connections to the cloud's hosts go to the local stack.

Certificates are still checked for the name that the program asked for. Every other host is left alone, and another
sitecustomize that stands on the path is loaded as if this one were not there.
"""
import importlib.abc
import importlib.machinery
import importlib.util
import os
import socket
import sys

_ADDRESS = os.environ.get("VODSTACK_REDIRECT_ADDRESS") or "127.0.0.1"
_DOMAINS = tuple(d for d in os.environ.get("VODSTACK_REDIRECT_HOSTS", "").split(",") if d)
_BUNDLE = os.environ.get("VODSTACK_REDIRECT_CA_BUNDLE")


def _to_ports():
    ports = {}
    for name, number, service in (("TLS", 443, "https"), ("HTTP", 80, "http")):
        local = os.environ.get("VODSTACK_REDIRECT_%s_PORT" % name, "")
        if local.isdigit():
            for spelling in (number, str(number), service):
                ports[spelling] = int(local)
    return ports


_PORTS = _to_ports()


def _is_cloud(host):
    if isinstance(host, (bytes, bytearray)):
        host = bytes(host).decode("ascii", "replace")
    if not isinstance(host, str):
        return False
    name = host.lower()
    if name.endswith("."):
        name = name[:-1]
    return any(name == domain or name.endswith("." + domain) for domain in _DOMAINS)


def _redirect_lookups():
    """requests, urllib, http.client, asyncio and the storage client all resolve names here."""
    original = socket.getaddrinfo

    def getaddrinfo(host, port, family=0, *args, **kwargs):
        if _is_cloud(host):
            # The family that the caller asked for may not be the one of the local address.
            return original(_ADDRESS, _PORTS.get(port, port), 0, *args, **kwargs)
        return original(host, port, family, *args, **kwargs)

    socket.getaddrinfo = getaddrinfo


class _CertifiFinder(importlib.abc.MetaPathFinder):
    """Points certifi, whenever it is imported, at the bundle that knows the local authority: the SDK asks nobody else."""

    def find_spec(self, name, path=None, target=None):
        if name != "certifi":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            sys.meta_path.insert(0, self)
            return spec
        execute = spec.loader.exec_module

        def exec_module(module):
            execute(module)
            _patch_certifi(module)

        try:
            spec.loader.exec_module = exec_module
        except AttributeError:
            pass
        return spec


def _patch_certifi(module):
    def where():
        return _BUNDLE

    def contents():
        with open(_BUNDLE, encoding="ascii") as file:
            return file.read()

    for owner in (module, sys.modules.get("certifi.core")):
        if owner is not None:
            owner.where = where
            owner.contents = contents


def _load_next():
    """Python runs only the first sitecustomize on the path."""
    here = os.path.dirname(os.path.abspath(__file__))
    others = [entry for entry in sys.path if os.path.abspath(entry or os.curdir) != here]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", others)
    if spec is None or spec.loader is None:
        return
    module = importlib.util.module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    spec.loader.exec_module(module)


if _DOMAINS and not getattr(socket, "_vodstack_redirect", False):
    socket._vodstack_redirect = True
    _redirect_lookups()
    if _BUNDLE and os.path.exists(_BUNDLE):
        if "certifi" in sys.modules:
            _patch_certifi(sys.modules["certifi"])
        else:
            sys.meta_path.insert(0, _CertifiFinder())

_load_next()
