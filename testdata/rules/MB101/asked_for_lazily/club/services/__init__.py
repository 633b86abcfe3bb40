from importlib import import_module

_MODULES = {"count_warning": "warnings", "take_points": "points"}
_PLACES = {"give_points": (".points", "grant")}


def __getattr__(name):
    if name == "count_visit":
        from .visits import count_visit as _count_visit

        return _count_visit
    if name in _MODULES:
        return getattr(import_module(f".{_MODULES[name]}", __name__), name)
    if name not in _PLACES:
        raise AttributeError(name)
    module, attribute = _PLACES[name]
    found = getattr(import_module(module, __name__), attribute)
    globals()[name] = found
    return found
